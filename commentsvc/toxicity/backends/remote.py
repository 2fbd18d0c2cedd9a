"""A remote scorer that speaks Perspective's protocol, such as another commentsvc."""

from __future__ import annotations

import http.client
import json
import logging
import math
import random
import select
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from ..labels import LABELS
from ..perspective.asked import MOST_BYTES
from ..scorer import Reason, ScorerStatus, Scores, Unscored, Weight

log = logging.getLogger(__name__)

TIMEOUT = 5.0  # seconds for one try; the budget limits how long a post waits
_MOST_ANSWER = 4 * 1024 * 1024
_AT_ONCE = 4
_BREAK_AFTER = 4  # failures in a row
_BREAK_SECONDS, _LONGEST_BREAK = 5.0, 120.0
_NAMES = {
    "toxicity": "TOXICITY",
    "severe_toxicity": "SEVERE_TOXICITY",
    "obscene": "PROFANITY",
    "threat": "THREAT",
    "insult": "INSULT",
    "identity_attack": "IDENTITY_ATTACK",
}
_LANGUAGE = "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
#: Statuses that may pass by themselves, so that one retry is worthwhile.
_WORTH_A_RETRY = (429, 500, 502, 503, 504)


class _Failed(Exception):
    """No usable answer; `pause` is how long the server asked us to wait."""

    def __init__(self, why: str, *, again: bool = True, pause: float = 0.0) -> None:
        super().__init__(why)
        self.again, self.pause = again, pause


class _Error(Exception):
    """The server's refusal of one text, in its own words."""

    def __init__(self, message: str, kind: str, facts: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.kind, self.facts = kind, facts

    @property
    def attribute(self) -> object:
        """The attribute that has no score in the text's language."""
        found = self.facts.get("languageNotSupportedByAttributeError") or {}
        return found.get("attribute") if isinstance(found, Mapping) else None


@dataclass(frozen=True)
class Address:
    """Where to ask. The key is part of `path` and is never shown."""

    secure: bool
    host: str
    port: int | None
    path: str


def address_of(url: str) -> Address:
    """The address of `comments:analyze` for a setting: the server, its `/v1alpha1`, or the full
    address, with `?key=…`. Raises ValueError."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port, good = parts.port, parts.scheme in ("http", "https") and " " not in url
    except ValueError:  # an invalid port or IPv6 address
        good = False
    if not good or not parts.hostname:
        raise ValueError("remote: needs an address like https://comments.example.org/?key=KEY")
    path = parts.path.rstrip("/")
    if not path.endswith("comments:analyze"):
        path = f"{path or '/v1alpha1'}/comments:analyze"
    query = urlencode(parse_qsl(parts.query))
    path = f"{path}?{query}" if query else path
    return Address(parts.scheme == "https", parts.hostname, port, path)


class RemoteScorer:
    """Uses kept-alive connections, with one retry; repeated failures open a circuit breaker."""

    name = "remote"
    in_request = False

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self.address = address_of(url)
        self.version = self.address.host
        self.labels: tuple[str, ...] = LABELS
        self._timeout = timeout
        self._lines: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="remote-scorer")
        self._row, self._closed_until, self._why = 0, 0.0, ""
        self._scored = self._failures = 0
        self._spent = 0.0

    @property
    def _model(self) -> str:
        return f"{self.name}/{self.version}"[:60]

    def score(
        self, texts: Sequence[str], *, language: str | None = None
    ) -> list[Scores | Unscored]:
        """One answer per text, a few asked at a time."""
        if len(texts) == 1:
            return [self._one(texts[0], language)]
        return list(self._pool.map(lambda text: self._one(text, language), texts))

    def _one(self, text: str, language: str | None) -> Scores | Unscored:
        if not text.strip():
            return Unscored("no_text", self._model, language)
        if time.monotonic() < self._closed_until:
            return Unscored("failed", self._model, language)
        begun = time.perf_counter()
        try:
            answer = self._asked(text, language)
        except _Error as error:
            self._worked(begun)
            return Unscored(self._reason(error), self._model, self._heard(error.facts) or language)
        except _Failed as error:
            self._failed(error)
            return Unscored("failed", self._model, language)
        self._worked(begun)
        return self._read(answer, language)

    def _asked(self, text: str, language: str | None) -> Mapping[str, Any]:
        """The server's answer, requested again with fewer attributes if it lacks some, altogether
        or in the text's language."""
        for _ in LABELS:
            try:
                return self._twice(self._body(text, language, self.labels))
            except _Error as error:
                if error.kind == _LANGUAGE and error.attribute not in (None, "TOXICITY"):
                    return self._twice(self._body(text, language, ("toxicity",)))
                unknown = str(error).rpartition("Unknown requested attribute: ")[2].strip()
                gone = [label for label in self.labels if _NAMES[label] == unknown]
                if not gone or len(self.labels) == 1:
                    raise
                self.labels = tuple(each for each in self.labels if each not in gone)
        raise _Failed("the server knows none of the attributes", again=False)

    def _body(self, text: str, language: str | None, labels: Sequence[str]) -> bytes:
        short = text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")
        asked: dict[str, Any] = {
            "comment": {"text": short},
            "requestedAttributes": {_NAMES[label]: {} for label in labels},
            "doNotStore": True,
        }
        if language:
            asked["languages"] = [language]
        return json.dumps(asked, ensure_ascii=False).encode()

    def _twice(self, body: bytes) -> Mapping[str, Any]:
        try:
            return self._once(body)
        except _Failed as error:
            if not error.again or error.pause:
                raise
        time.sleep(random.uniform(0.02, 0.1))
        return self._once(body)

    def _once(self, body: bytes) -> Mapping[str, Any]:
        line = self._line()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            line.request("POST", self.address.path, body, headers)
            answer = line.getresponse()
            raw = answer.read(_MOST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            line.close()
            raise _Failed(_why(error)) from error
        if len(raw) > _MOST_ANSWER or answer.will_close:
            line.close()
        else:
            self._keep(line)
        return _value(answer, raw)

    def _line(self) -> http.client.HTTPConnection:
        with self._lock:
            while self._lines:
                line = self._lines.pop()
                if _is_alive(line):
                    return line
                line.close()
        at = self.address
        if at.secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(
                at.host, at.port, timeout=self._timeout, context=context
            )
        return http.client.HTTPConnection(at.host, at.port, timeout=self._timeout)

    def _keep(self, line: http.client.HTTPConnection) -> None:
        with self._lock:
            if len(self._lines) < 2 * _AT_ONCE:
                self._lines.append(line)
                return
        line.close()

    def _worked(self, begun: float) -> None:
        with self._lock:
            self._row, self._why = 0, ""
            self._scored += 1
            self._spent += time.perf_counter() - begun

    def _failed(self, error: _Failed) -> None:
        with self._lock:
            self._failures += 1
            self._row += 1
            self._why = str(error)
            over = self._row - _BREAK_AFTER
            pause = min(_LONGEST_BREAK, _BREAK_SECONDS * 2**over) if over >= 0 else 0.0
            pause = max(pause, min(error.pause, _LONGEST_BREAK))
            if pause:
                self._closed_until = time.monotonic() + pause
        if pause:
            log.warning("remote scorer paused", extra={"why": str(error), "seconds": pause})

    def _reason(self, error: _Error) -> Reason:
        if error.kind in (_LANGUAGE, "LANGUAGE_DETECTION_FAILED"):
            return "language"
        return "no_text" if error.kind == "COMMENT_EMPTY" else "failed"

    def _heard(self, facts: Mapping[str, Any]) -> str | None:
        found = facts.get("languageNotSupportedByAttributeError") or {}
        languages = found.get("detectedLanguages") if isinstance(found, dict) else None
        return str(languages[0])[:8] if isinstance(languages, list) and languages else None

    def _read(self, answer: Mapping[str, Any], language: str | None) -> Scores | Unscored:
        values: dict[str, float] = {}
        for label in self.labels:
            try:
                value = answer["attributeScores"][_NAMES[label]]["summaryScore"]["value"]
            except (KeyError, TypeError):
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            if math.isfinite(value) and 0 <= value <= 1:
                values[label] = float(value)
        heard = answer.get("detectedLanguages") or answer.get("languages") or [language]
        spoken = str(heard[0])[:8] if isinstance(heard, list) and heard and heard[0] else language
        if "toxicity" not in values:
            return Unscored("failed", self._model, spoken)
        return Scores(values, self._model, spoken)

    def explain(self, text: str, label: str) -> list[Weight]:
        """Nothing: the protocol has no weights of words."""
        return []

    def status(self) -> ScorerStatus:
        """The status from past requests; sends none."""
        speed = self._spent * 1000 / self._scored if self._scored else None
        counts: dict[str, Any] = {"scored": self._scored, "failures": self._failures}
        left = self._closed_until - time.monotonic()
        if left > 0 or self._row >= _BREAK_AFTER or (self._row and not self._scored):
            message = f"{self.version} is not responding ({self._why}). Retrying automatically."
            return ScorerStatus("broken", message, self.name, self.version, speed=speed, **counts)
        message = f"uses {self.version}"
        if self._why:
            message += f", which failed last time ({self._why})"
        return ScorerStatus("ok", message, self.name, self.version, speed=speed, **counts)


def _value(answer: http.client.HTTPResponse, raw: bytes) -> Mapping[str, Any]:
    """The response's object. Raises `_Error` for a refusal, `_Failed` for anything else."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if answer.status == 200 and isinstance(value, dict):
        return value
    if answer.status in _WORTH_A_RETRY:
        pause = answer.getheader("Retry-After", "")
        seconds = float(pause) if pause.isdigit() and answer.status == 429 else 0.0
        raise _Failed(f"status {answer.status}", pause=seconds)
    error = value.get("error") if isinstance(value, dict) else None
    if answer.status == 400 and isinstance(error, dict):
        details = [each for each in error.get("details") or () if isinstance(each, dict)]
        facts = next((each for each in details if "errorType" in each), {})
        message = str(error.get("message", ""))[:500]
        if facts or message.startswith(("Unknown requested", "Attribute ", "Comment ")):
            raise _Error(message, str(facts.get("errorType", "")), facts)
    said = str(error.get("message", ""))[:120] if isinstance(error, dict) else ""
    raise _Failed(f"status {answer.status}{': ' + said if said else ''}", again=False)


def _is_alive(line: http.client.HTTPConnection) -> bool:
    """Whether the server still holds a kept connection: a closed one would be readable."""
    if line.sock is None:
        return False
    try:
        return not select.select([line.sock], [], [], 0)[0]
    except (OSError, ValueError):
        return False


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (getattr(error, "strerror", None) or type(error).__name__)[:80]


def make(argument: str) -> RemoteScorer:
    """`remote:https://comments.example.org/?key=KEY`, or any server with Perspective's protocol."""
    return RemoteScorer(argument)
