"""Programs of a site's own: asked first, called once, signed, tried again, never at a private address."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.moderation.commands import decide, undo
from commentsvc.notifications import deliveries, webhooks
from commentsvc.notifications.models import Delivery, Webhook
from commentsvc.posting.commands import edit, withdraw
from commentsvc.settings import Settings, settings
from commentsvc.sites.commands import set_app_ids
from tests.answering import answering
from tests.factories import post
from tests.web.asking import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.people import Cast

ALL = webhooks.EVENTS


@dataclass
class Program:
    """A site's own program: what it was told, and how it answers."""

    url: str = ""
    secret: str = "a secret of ours"
    told: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # what to say next; 200 when empty
    challenge: Callable[[dict[str, str]], tuple[int, str]] = lambda asked: (
        200,
        asked["hub.challenge"],
    )

    def events(self) -> list[str]:
        return [each["entry"][0]["changes"][0]["field"] for each in self.told]

    def values(self) -> list[dict[str, Any]]:
        return [each["entry"][0]["changes"][0]["value"] for each in self.told]


@pytest.fixture
def program(app: Flask) -> Iterator[Program]:
    """A program on this machine, which the app may call."""
    found = Program()

    class Answer(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            found.asked.append({name: values[0] for name, values in query.items()})
            status, words = found.challenge(found.asked[-1])
            self._say(status, words.encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = found.answers.pop(0) if found.answers else 200
            if status == 200:
                key = found.secret.encode()
                for name, kind in (("X-Hub-Signature-256", "sha256"), ("X-Hub-Signature", "sha1")):
                    wanted = f"{kind}={hmac.new(key, body, kind).hexdigest()}"
                    assert self.headers[name] == wanted
                found.told.append(json.loads(body) | {"headers": dict(self.headers), "raw": body})
            self._say(status, b"")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    found.url = f"http://127.0.0.1:{server.server_port}/hook?a=b"
    settings.install(app, Settings(**{**settings.of(app).as_dict(), "webhook_private": True}))
    with answering(server):
        yield found


def hook(cast: Cast, program: Program, *events: str) -> Webhook:
    """A webhook that the program has agreed to."""
    made = webhooks.subscribe(
        cast.site, program.url, events=events or ALL, by=cast.olga, secret=program.secret
    )
    assert webhooks.verify(made.id)
    return made


def later(work: Callable[[], int], seconds: float) -> None:
    """What is due by then is done."""
    with clock.frozen(clock.now() + timedelta(seconds=seconds)):
        work()


@pytest.mark.engines
def test_it_works(cast: Cast, program: Program, work: Callable[[], int]) -> None:
    set_app_ids(cast.site, ["1234567"])
    made = webhooks.subscribe(
        cast.site,
        program.url,
        events=["plugin_comment", "plugin_comment_reply"],
        by=cast.olga,
        secret=program.secret,
        verify_token="our token",
    )
    work()
    assert made.state == "active" and program.asked[0]["hub.verify_token"] == "our token"
    assert program.asked[0]["hub.mode"] == "subscribe" and program.asked[0]["a"] == "b"
    first = post(cast.site, "Hello **all**", name="Ann").comment
    reply = post(cast.site, "Hello Ann", name="Bob", parent=first.public_id).comment
    work()
    assert program.events() == ["plugin_comment", "plugin_comment_reply"]
    envelope = program.told[0]
    assert envelope["object"] == "application" and envelope["entry"][0]["id"] == "1234567"
    one, two = program.values()
    assert one["message"] == "Hello all" and one["from"]["name"] == "Ann"
    assert one["id"].endswith(f"_{first.public_id}") and one["created_time"].endswith("+0000")
    assert two["parent"] == one and two["id"].endswith(f"_{reply.public_id}")
    work()
    assert len(program.told) == 2  # once


def test_imported_comments_are_named_as_where_they_came_from(
    cast: Cast, program: Program, work: Callable[[], int]
) -> None:
    hook(cast, program)
    first = post(cast.site, "The bridge is open.", user=cast.rita).comment
    first.source = "wordpress:example.org:7"
    db.session.commit()
    post(cast.site, "Since when?", parent=first.public_id, user=cast.mona)
    work()
    told = {each["text"]: each for each in program.values() if "text" in each}
    assert told["The bridge is open."]["source"] == "wordpress:example.org:7"
    answer = told["Since when?"]
    assert (answer["source"], answer["parent_source"]) == (None, "wordpress:example.org:7")
    assert answer["parent_id"] == first.public_id


def test_every_event_is_told_in_its_time(
    cast: Cast, program: Program, work: Callable[[], int]
) -> None:
    hook(cast, program)
    first = post(cast.site, "The bridge is open.", user=cast.rita).comment
    held = post(cast.site, "You idiot", name="Eve").comment
    work()
    edit(first.public_id, "The bridge is closed.", user=cast.rita)
    work()
    decide(held.public_id, action="approve", by=cast.mona)
    later(work, 60)
    decide(held.public_id, action="reject", reason="offensive", by=cast.mona)
    later(work, 60)
    withdraw(first.public_id, user=cast.rita)
    work()
    assert program.events() == [
        "comment.published",
        "plugin_comment",
        "comment.held",
        "comment.edited",
        "comment.published",
        "plugin_comment",
        "comment.rejected",
        "comment.withdrawn",
    ]
    values = program.values()
    assert values[0]["text"] == "The bridge is open." and values[0]["author"]["name"] == "Rita"
    assert values[3]["text"] == "The bridge is closed." and values[3]["edited_at"]
    assert values[2]["status"] == "pending" and values[0]["site"] == "harbour"
    assert not {"text", "html", "author"} & values[-1].keys()
    assert values[0]["html"] == "<p>The bridge is open.</p>" and values[0]["source"] is None
    headers = program.told[0]["headers"]
    assert headers["X-Commentsvc-Event"] == "comment.published"
    assert len({each["headers"]["X-Commentsvc-Delivery"] for each in program.told}) == 8


def test_an_undone_decision_is_told_to_nobody(
    cast: Cast, program: Program, work: Callable[[], int]
) -> None:
    hook(cast, program, "comment.rejected")
    comment = post(cast.site).comment
    done = decide(comment.public_id, action="reject", reason="spam", by=cast.mona)
    undo(done.public_id, by=cast.mona)
    later(work, 60)
    assert program.told == []


def test_what_is_taken_back_before_it_is_sent_is_not_sent(
    cast: Cast, program: Program, work: Callable[[], int]
) -> None:
    hook(cast, program, "comment.published")
    program.answers = [500]
    first = post(cast.site, "Too much said.", user=cast.rita).comment
    work()
    withdraw(first.public_id, user=cast.rita)
    later(work, 60)
    delivery = db.session.scalars(select(Delivery)).one()
    assert delivery.state == "dropped" and program.told == []


def test_what_fails_is_tried_again_with_growing_pauses(
    cast: Cast, program: Program, work: Callable[[], int]
) -> None:
    made = hook(cast, program, "comment.published")
    program.answers = [500, 404, 302]
    with clock.frozen(clock.now()):
        post(cast.site)
        work()
        delivery = db.session.scalars(select(Delivery)).one()
        for attempts, pause in enumerate((10, 60, 300), 1):
            db.session.expire_all()
            assert (delivery.state, delivery.attempts) == ("waiting", attempts)
            assert delivery.next_at == clock.now() + timedelta(seconds=pause)
            clock.move(timedelta(seconds=pause - 1))
            work()
            assert program.told == []
            clock.move(timedelta(seconds=1))
            work()
    db.session.expire_all()
    assert delivery.state == "delivered" and len(program.told) == 1
    assert made.failing_since is None and made.why is None


def test_it_is_given_up_and_the_webhook_paused(
    cast: Cast, program: Program, work: Callable[[], int]
) -> None:
    made = hook(cast, program, "comment.published")
    program.answers = [503] * 1000
    with clock.frozen(clock.now()):
        for _ in range(3):
            post(cast.site)
            for _ in range(60):
                work()
                clock.move(timedelta(hours=1))
    db.session.expire_all()
    states = [each.state for each in db.session.scalars(select(Delivery).order_by(Delivery.id))]
    assert states[0] == "failed" and made.state == "paused" and "503" in (made.why or "")
    asked = len(program.answers)
    post(cast.site)
    later(work, 86400)
    assert len(program.answers) == asked  # nobody is called any more
    program.answers = []
    webhooks.resume(made.public_id, by=cast.olga)
    work()
    db.session.expire_all()
    assert made.state == "active"


def test_gone_is_gone(cast: Cast, program: Program, work: Callable[[], int]) -> None:
    made = hook(cast, program, "comment.published")
    program.answers = [410]
    post(cast.site)
    work()
    db.session.expire_all()
    assert made.state == "paused"


def test_a_delivery_can_be_repeated(cast: Cast, program: Program, work: Callable[[], int]) -> None:
    made = hook(cast, program, "comment.published")
    post(cast.site)
    work()
    delivery = db.session.scalars(select(Delivery)).one()
    for user in (cast.mona, cast.max):
        with pytest.raises(NotAllowed if user is cast.mona else NotFound):
            deliveries.redeliver(delivery.public_id, by=user)
    deliveries.redeliver(delivery.public_id, by=cast.olga)
    with pytest.raises(Conflict):
        deliveries.redeliver(delivery.public_id, by=cast.olga)
    work()
    assert len(program.told) == 2
    page = webhooks.deliveries_of(made, limit=1)
    assert page.items[0].status == 200 and page.next is None


@pytest.mark.parametrize(
    ("status", "words", "why"),
    [(200, "yes", "not contain the challenge"), (403, "{}", "403"), (302, "", "302")],
)
def test_who_does_not_answer_the_challenge_is_not_called(
    cast: Cast,
    program: Program,
    work: Callable[[], int],
    status: int,
    words: str,
    why: str,
) -> None:
    program.challenge = lambda asked: (status, words)
    made = webhooks.subscribe(cast.site, program.url, events=ALL, by=cast.olga)
    post(cast.site)
    work()
    db.session.expire_all()
    assert made.state == "new" and why in (made.why or "") and program.told == []
    program.challenge = lambda asked: (200, asked["hub.challenge"] + "\n")
    assert webhooks.verify(made.id)


def test_private_addresses_are_refused(
    app: Flask, cast: Cast, program: Program, work: Callable[[], int]
) -> None:
    made = hook(cast, program)
    settings.install(app, Settings(**{**settings.of(app).as_dict(), "webhook_private": False}))
    post(cast.site)
    work()
    delivery = db.session.scalars(select(Delivery)).first()
    assert delivery is not None and "private" in (delivery.why or "") and program.told == []
    made.state = "new"
    assert not webhooks.verify(made.id) and "private" in (made.why or "")


@pytest.mark.parametrize(
    ("url", "events", "secret"),
    [
        ("javascript:alert(1)", ALL, None),
        ("http://user:pw@example.org/", ALL, None),
        ("http://example.org:22/", ALL, None),
        ("http://127.0.0.1/", ALL, None),
        ("http://2130706433:8080/hook", ALL, None),
        ("http://[::1]/", ALL, None),
        ("http://10.1.2.3/", ALL, None),
        ("https://localhost/", ALL, None),
        ("https://example.org/", (), None),
        ("https://example.org/", ("wish",), None),
        ("https://example.org/", ALL, "short"),
    ],
)
def test_wrong_webhooks_are_refused(
    cast: Cast, url: str, events: tuple[str, ...], secret: str | None
) -> None:
    with pytest.raises(Invalid):
        webhooks.subscribe(cast.site, url, events=events, by=cast.olga, secret=secret)


def test_only_owners_have_webhooks(cast: Cast, program: Program) -> None:
    made = hook(cast, program)
    for user in (cast.rita, cast.mona, cast.max):
        with pytest.raises(NotAllowed):
            webhooks.subscribe(cast.site, program.url, events=ALL, by=user)
        for act in (webhooks.pause, webhooks.resume, webhooks.remove):
            with pytest.raises(NotAllowed if user is cast.mona else NotFound):
                act(made.public_id, by=user)
        with pytest.raises(NotAllowed if user is cast.mona else NotFound):
            webhooks.change(made.public_id, by=user, events=ALL[:1])
    with pytest.raises(NotFound):
        webhooks.pause("nothing", by=cast.olga)
    changed = webhooks.change(made.public_id, by=cast.olga, url=program.url + "2")
    assert changed.state == "new"
    webhooks.remove(made.public_id, by=cast.olga)
    assert not webhooks.webhooks_of(cast.site)


def test_a_site_has_only_so_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MOST", 1)
    webhooks.subscribe(cast.site, "https://example.org/", events=ALL, by=None)
    with pytest.raises(Conflict):
        webhooks.subscribe(cast.site, "https://example.org/", events=ALL, by=None)


def test_another_sites_program_hears_nothing(
    cast: Cast, program: Program, work: Callable[[], int]
) -> None:
    hook(cast, program)
    post(cast.other, href="https://mountain.example.net/a")
    work()
    assert program.told == []


def test_the_log_is_kept_for_a_month(cast: Cast, program: Program, work: Callable[[], int]) -> None:
    hook(cast, program, "comment.published")
    post(cast.site)
    work()
    webhooks.forget_deliveries()
    assert db.session.scalars(select(Delivery)).all()
    with clock.frozen(clock.now() + timedelta(days=31)):
        webhooks.forget_deliveries()
    assert not db.session.scalars(select(Delivery)).all()


def test_the_signature_is_that_of_the_documentation() -> None:
    wanted = hmac.new(b"key", b"{}", hashlib.sha256).hexdigest()
    assert deliveries.signature("key", b"{}") == f"sha256={wanted}"


def test_what_is_of_another_site_is_not_there(app: Flask, cast: Cast) -> None:
    hook = webhooks.subscribe(cast.site, "https://hooks.example.org/", events=ALL, by=cast.olga)
    for person in (cast.max, cast.rita):
        for doing in (webhooks.find, webhooks.pause, webhooks.resume, webhooks.remove):
            with pytest.raises(NotFound):
                doing(hook.public_id, by=person)
    client, _ = signed_in(app, cast.max)
    page = client.get(f"/dashboard/sites/mountain/webhooks/{hook.public_id}")
    assert (
        page.status_code == client.get("/dashboard/sites/mountain/webhooks/no").status_code == 404
    )
