"""The clients of the mixed load: readers, writers, likers and moderators, alternating
between two nodes."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter, defaultdict, deque
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import TYPE_CHECKING, Any

from . import corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

THREADS = 20
READERS, WRITERS, LIKERS = 3, 4, 3  # guests of one network: at most three may like one comment
KINDS = ("reads", "posts", "likes", "decisions")
_STATUSES = ("published", "pending")  # of 25,000 random texts, one was held for its score
_PAUSE = 0.01  # seconds between two requests of one client


class Clients:
    """All clients, and what was acknowledged to them."""

    def __init__(self, ports: Sequence[int], key: str) -> None:
        self.ports, self.key = ports, key
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []
        self.posted: set[str] = set()
        self.liked: Counter[str] = Counter()
        self.decided: list[tuple[str, str]] = []
        self.to_like: list[str] = []
        self.to_decide: deque[str] = deque()
        self.numbers = count(1)
        self.lock = threading.Lock()

    def wanting(self) -> set[str]:
        """The kinds of requests without a response so far."""
        return {kind for kind in KINDS if not self.seconds.get(kind)}

    def all(self) -> list[Callable[[threading.Event], None]]:
        """What each client does until stopped."""
        return [
            *(Client(self, number).read for number in range(READERS)),
            *(Client(self, number).write for number in range(WRITERS)),
            *(Client(self, number).like for number in range(LIKERS)),
            Client(self, 0).decide,
        ]


class Client:
    """One client, with a connection to each node."""

    def __init__(self, clients: Clients, number: int) -> None:
        self.all, self.chance = clients, random.Random(number)
        self.lines = [HTTPConnection("127.0.0.1", port, timeout=60) for port in clients.ports]
        self.turn = number

    def _ask(
        self, kind: str, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """A request to the next node; any failure is an error, (0, None)."""
        self.turn += 1
        line = self.lines[self.turn % len(self.lines)]
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        payload = None if body is None else json.dumps(body)
        began = time.monotonic()
        try:
            line.request(method, path, payload, {"Content-Type": "application/json", **sent})
            answer = line.getresponse()
            status, said = answer.status, answer.read()
        except (OSError, HTTPException) as error:
            line.close()
            status, said = 0, repr(error).encode()
        with self.all.lock:
            self.all.seconds[kind].append(time.monotonic() - began)
            if not 200 <= status < 300:
                self.all.errors.append(f"{method} {path}: {status} {said[:300]!r}")
                return 0, None
        return status, json.loads(said) if kind != "reads" else None

    def read(self, stop: threading.Event) -> None:
        """First pages, and the comment counts of some articles."""
        while not stop.wait(_PAUSE):
            href = corpus.href(self.chance.randrange(THREADS))
            self._ask("reads", "GET", f"/embed/thread?site={corpus.KEY}&href={href}")
            self._ask("reads", "GET", f"/api/v1/counts?site={corpus.KEY}&href={href}")

    def write(self, stop: threading.Event) -> None:
        """New texts, one in ten of them sent again, to the other node."""
        while not stop.wait(_PAUSE):
            made = self._post(f"{corpus.words(self.chance)} Number {next(self.all.numbers)}.")
            if made is None or made["status"] != "published":
                continue
            with self.all.lock:
                if len(self.all.posted) % 2:
                    self.all.to_like.append(made["id"])
                else:
                    self.all.to_decide.append(made["id"])

    def _post(self, text: str) -> Any:
        body = {
            "site": corpus.KEY,
            "href": corpus.href(self.chance.randrange(THREADS)),
            "text": text,
            "name": "Ann",
        }
        key = f"key-{text[-40:]}"
        _, made = self._ask("posts", "POST", "/api/v1/comments", body, Idempotency_Key=key)
        if made is None:
            return None
        again = made
        if self.chance.random() < 0.1:
            _, again = self._ask("repeated posts", "POST", "/api/v1/comments", body,
                                 Idempotency_Key=key)  # fmt: skip
        with self.all.lock:
            self.all.posted.add(made["id"])
            if made["status"] not in _STATUSES or (again and again["id"] != made["id"]):
                self.all.errors.append(f"{text}: {made} {again}")
        return made

    def like(self, stop: threading.Event) -> None:
        """As one guest: usually like a comment, sometimes remove a like."""
        own = self._post(f"Somebody who likes much, number {next(self.all.numbers)}.")
        guest, mine = f"Guest {own['edit_token']}", list[str]()
        while not stop.wait(_PAUSE):
            if mine and self.chance.random() < 0.3:
                comment = mine.pop(self.chance.randrange(len(mine)))
                method, more = "DELETE", -1
            elif self.all.to_like:
                comment = self.chance.choice(self.all.to_like[-20:])
                method, more = "PUT", 0 if comment in mine else 1
            else:
                continue
            path = f"/api/v1/comments/{comment}/like"
            status, _ = self._ask("likes", method, path, Authorization=guest)
            if status:
                if more == 1:
                    mine.append(comment)
                with self.all.lock:
                    self.all.liked[comment] += more

    def decide(self, stop: threading.Event) -> None:
        """Approve or reject one comment after another."""
        while not stop.wait(_PAUSE):
            if not self.all.to_decide:
                continue
            comment, action = (
                self.all.to_decide.popleft(),
                self.chance.choice(("approve", "reject")),
            )
            body: dict[str, Any] = {"action": action, "seen_version": 1}  # as it was posted
            body["reason"] = "off_topic" if action == "reject" else None
            path = f"/api/v1/comments/{comment}/decisions"
            status, _ = self._ask("decisions", "POST", path, body,
                                  Authorization=f"Bearer {self.all.key}")  # fmt: skip
            if status:
                with self.all.lock:
                    self.all.decided.append((comment, action))
