"""A site's own judge: asked before anything is published, signed, in time, as a phase of Coral's would be."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Invalid, NotAllowed
from commentsvc.moderation.judging.reasons import sentence
from commentsvc.posting.commands import edit
from commentsvc.posting.judges import asking, coral
from commentsvc.posting.judging import judge_stored, read_stored
from commentsvc.posting.scoring import score
from commentsvc.settings import Settings, settings
from commentsvc.sites import judges
from commentsvc.threads.commands import revision_of
from tests.answering import SaysJson, answering
from tests.factories import HREF, post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from commentsvc.threads.models import Comment
    from tests.people import Cast

#: What Coral's guide shows of an answer, and what becomes of a harmless comment.
DOCUMENTED: list[tuple[Any, str, str | None]] = [
    (
        {"actions": [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}]},
        "published",
        "your own moderation service at 127.0.0.1: a moderator should see it; toxic",
    ),
    ({"status": "REJECTED"}, "rejected", "your own moderation service at 127.0.0.1: reject it"),
    ({"tags": ["FEATURED"]}, "published", None),
    ({"status": "APPROVED", "tags": ["STAFF"]}, "published", None),
    ({"status": "NONE"}, "published", None),
    ({"status": "PREMOD"}, "pending", "your own moderation service at 127.0.0.1: hold it"),
    (
        {
            "status": "SYSTEM_WITHHELD",
            "actions": [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}],
            "reasons": ["Sells\nwatches"],
        },
        "pending",
        "your own moderation service at 127.0.0.1: hold it; spam; “Sells watches”",
    ),
    ({}, "published", None),
]
#: What no phase may answer: Coral would skip it.
WRONG: list[Any] = [
    (500, b"{}"),
    (302, b""),
    (200, b"not JSON"),
    (200, b"[]"),
    (200, b'{"status": "HIDDEN"}'),
    (200, b'{"status": ["REJECTED"]}'),
    (200, b'{"actions": {"actionType": "FLAG"}}'),
    (200, b'{"actions": [{"actionType": "BAN", "reason": "COMMENT_DETECTED_SPAM"}]}'),
    (200, b'{"actions": [{"actionType": "FLAG", "reason": ["x"]}]}'),
]


@dataclass
class Judge:
    """A program that judges: what it was asked, and how it answers."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: tuple[int, bytes] = (200, b"{}")
    slow: threading.Event | None = None  # answers once this is set

    def says(self, value: Any) -> None:
        self.answer = (200, json.dumps(value).encode())


@pytest.fixture
def own(app: Flask) -> Iterator[Judge]:
    """A judge on this machine, which the app may call."""
    found = Judge()

    class Answer(SaysJson):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.asked.append({"headers": headers, "raw": body, **json.loads(body)})
            if found.slow is not None:
                found.slow.wait(20)
            status, said = found.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    found.url = f"http://127.0.0.1:{server.server_port}/judge?a=b"
    settings.install(app, Settings(**{**settings.of(app).as_dict(), "webhook_private": True}))
    asking._lines.clear()
    with answering(server):
        yield found


def appoint(
    cast: Cast, own: Judge, *, ms: int | None = None, failure: str = "publish"
) -> judges.OwnJudge:
    """Make it the site's judge, which is waited for as long as a slow machine needs, unless it is told."""
    made = judges.set_judge(cast.site, own.url, ms=ms or 1000, failure=failure, by=cast.olga)
    if ms is None:
        with unit_of_work():
            cast.site.judge = {**(cast.site.judge or {}), "ms": 30_000}
    return made


def told(comment: Comment) -> str | None:
    """What moderators read of the judge."""
    findings = (revision_of(comment).verdict or {})["findings"]
    found = [each for each in findings if each["rule"] == "outside_judge"]
    return sentence(found[0], "en").replace("\u2068", "").replace("\u2069", "") if found else None


@pytest.mark.engines
@pytest.mark.parametrize(("said", "status", "words"), DOCUMENTED)
def test_it_works(cast: Cast, own: Judge, said: Any, status: str, words: str | None) -> None:
    appoint(cast, own)
    own.says(said)
    comment = post(cast.site, "The ferry was late.", user=cast.rita).comment
    assert comment.status == status
    assert told(comment) == words


def test_what_is_asked_is_what_coral_asks(cast: Cast, own: Judge) -> None:
    judge = appoint(cast, own)
    first = post(cast.site, "Grüße <b>aus</b> dem Hafen.", user=cast.rita).comment
    post(cast.site, "An answer.", parent=first.public_id)
    edit(first.public_id, "Another text.", user=cast.rita)
    new, reply, edited = own.asked
    shown = {name: value for name, value in new.items() if name not in ("headers", "raw")}
    assert shown == {
        "action": "NEW",
        "comment": {"body": "Grüße <b>aus</b> dem Hafen.", "parentID": None},
        "author": {"id": cast.rita.public_id, "role": "COMMENTER"},
        "story": {"id": HREF, "url": HREF},
        "site": {"id": "harbour"},
        "tenantID": "harbour",
        "tenantDomain": "comments.example.com",
    }
    assert reply["comment"]["parentID"] == first.public_id
    assert reply["author"]["id"].startswith("guest-") and reply["author"]["role"] == "COMMENTER"
    assert edited["action"] == "EDIT" and edited["comment"]["body"] == "Another text."
    for each in own.asked:
        check_signatures(each, judge.secret)


def check_signatures(asked: dict[str, Any], secret: str) -> None:
    """As Coral's guide and Standard Webhooks describe them."""
    headers, raw = asked["headers"], asked["raw"]
    mark = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    assert headers["x-coral-signature"] == f"sha256={mark}"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    standard = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
    assert headers["webhook-signature"] == f"v1,{standard.decode()}"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("failure", judges.FAILURES)
@pytest.mark.parametrize("answer", WRONG, ids=lambda each: repr(each)[:40])
def test_what_is_no_answer_counts_as_none(
    cast: Cast, own: Judge, answer: tuple[int, bytes], failure: str
) -> None:
    appoint(cast, own, failure=failure)
    own.answer = answer
    comment = post(cast.site, "The ferry was late.").comment
    wanted = {"publish": ("published", None), "hold": ("pending", HELD)}[failure]
    assert (comment.status, told(comment)) == wanted


HELD = "your own moderation service at 127.0.0.1: no valid response in time"


def test_nobody_waits_longer_than_the_site_wants(cast: Cast, own: Judge) -> None:
    appoint(cast, own, ms=50, failure="hold")
    own.slow = threading.Event()
    try:
        comments = [post(cast.site, f"The ferry was late, {n}.").comment for n in range(6)]
        assert {each.status for each in comments} == {"pending"}
        # after three in a row nobody waits for it any more
        assert len(own.asked) <= asking._FAILED
        line = asking._lines[(cast.site.id, own.url)]
        assert line.resting_until > time.monotonic()
    finally:
        own.slow.set()
    own.slow, line.resting_until = None, 0.0
    appoint(cast, own)
    assert post(cast.site, "It answers again.").comment.status == "published"
    assert line.failed == 0


def test_one_slow_judge_leaves_a_thread_for_everybody_else(cast: Cast, own: Judge) -> None:
    asked = asking.question(cast.site, HREF, user=None)
    assert asked is None
    appoint(cast, own)
    asked = asking.question(cast.site, HREF, user=None)
    assert asked is not None
    line = asking._line_to(asked)
    for _ in range(settings().threads - 1):
        assert line.waiting.acquire(blocking=False)
    said = asking.ask(asked, "Hello.")
    assert said is not None and said.said == "failed" and not own.asked


def test_no_unit_and_no_connection_is_held_meanwhile(
    cast: Cast, own: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    appoint(cast, own)
    held = []
    really = asking.call

    def look(*args: Any, **more: Any) -> Any:
        held.append(db.session().in_transaction())
        return really(*args, **more)

    monkeypatch.setattr(asking, "call", look)
    made = post(cast.site, "The ferry was late.", user=cast.rita).comment
    edit(made.public_id, "The ferry was early.", user=cast.rita)
    assert held == [False, False]


def test_what_it_approves_is_judged_by_the_rules_all_the_same(cast: Cast, own: Judge) -> None:
    appoint(cast, own)
    own.says({"status": "APPROVED"})
    assert post(cast.site, "You idiot.").comment.status == "pending"


def test_what_it_said_counts_when_the_text_is_judged_again(cast: Cast, own: Judge) -> None:
    appoint(cast, own)
    own.says({"status": "SYSTEM_WITHHELD"})
    comment = post(cast.site, "The ferry was late.").comment
    own.says({})
    revision = revision_of(comment)
    read = read_stored(comment.site_id, revision.text)
    scores = score(read.plain)
    with unit_of_work():
        judge_stored(comment, revision, read, scores)
    assert comment.status == "pending" and told(comment) is not None and len(own.asked) == 1


def test_private_addresses_are_refused(cast: Cast, app: Flask) -> None:
    for url in ("http://127.0.0.1/x", "http://10.0.0.8/", "https://localhost/", "ftp://a.example"):
        with pytest.raises(Invalid):
            judges.set_judge(cast.site, url, ms=400, failure="hold", by=cast.olga)
    for ms in (49, 1001):
        with pytest.raises(Invalid):
            judges.set_judge(cast.site, "https://a.example", ms=ms, failure="hold", by=cast.olga)
    with pytest.raises(Invalid):
        judges.set_judge(cast.site, "https://a.example", ms=400, failure="x", by=cast.olga)
    with pytest.raises(NotAllowed):
        judges.set_judge(cast.site, "https://a.example", ms=400, failure="hold", by=cast.mona)
    assert cast.site.judge is None


def test_another_host_gets_another_secret(cast: Cast) -> None:
    def secret(url: str) -> str:
        made = judges.set_judge(cast.site, url, ms=400, failure="hold", by=cast.olga)
        assert made.secret not in json.dumps(cast.site.judge)
        return made.secret

    first = secret("https://a.example/one")
    assert secret("https://a.example/two") == first != secret("https://b.example/one")
    judges.remove_judge(cast.site, by=cast.olga)
    judges.remove_judge(cast.site, by=cast.olga)
    assert judges.judge_of(cast.site) is None


def test_a_judge_may_be_one_of_ours(cast: Cast, own: Judge, client: Any) -> None:
    """What we answer Coral, we understand ourselves."""
    judges.add_coral_secret(cast.other, "the secret of the other site", by=None)
    asked = coral.request_of(
        edit=False, text="You idiot.", parent=None, author="x", role="reader", href=HREF,
        site="harbour", service="a.example",
    )  # fmt: skip
    mark = hmac.new(b"the secret of the other site", asked, hashlib.sha256).hexdigest()
    answer = client.post(
        f"/coral/phase?site={cast.other.key}",
        data=asked,
        headers={"X-Coral-Signature": f"sha256={mark}"},
        base_url="https://comments.example.com",
    )
    said = coral.read_answer(answer.status_code, answer.data)
    assert said.said == "hold" and said.flags == ("toxic",) and said.reasons
