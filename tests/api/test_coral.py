"""We as a phase of Coral's moderation: its requests as its guide shows them, its signatures, our answers."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from commentsvc.core.db import db
from commentsvc.sites import commands as sites
from commentsvc.sites import judges
from commentsvc.sites.sections.commands import add_section, set_section_policy
from commentsvc.threads.models import Comment
from commentsvc.toxicity.scorer import Unscored, scorer
from tests.conftest import WIDE
from tests.web.asking import browser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.people import Cast

    Ask = Callable[..., TestResponse]

SECRET = "4a1f6c0e9d2b48c7a5e3f1d0b9c8a7e6"
#: What Coral's guide shows, written as Coral writes it.
NEW: dict[str, Any] = {
    "action": "NEW",
    "comment": {"body": "Here's a comment!", "parentID": None},
    "author": {"id": "baf4e943-3594-4fcc-b2ba-3e8de7a76352", "role": "COMMENTER"},
    "story": {
        "id": "245b3856-b0a0-4d2f-a6bb-58c71f18d6a6",
        "url": "http://localhost:1313/posts/a-story-url/",
    },
    "site": {"id": "a4bede88-2d2c-4424-bc18-4322a9e285a6"},
    "tenantID": "19ba5794-7eeb-4d46-a81b-c00c61672501",
    "tenantDomain": "localhost",
}
TOXIC = {"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}
SPAM = {"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}


@pytest.fixture
def ask(app: Flask, cast: Cast) -> Iterator[Ask]:
    """Coral, asking about a text."""
    judges.add_coral_secret(cast.site, SECRET, by=cast.olga)
    client = browser(app)

    def ask(
        text: str | None = None, *, site: str = "harbour", secrets: Any = (SECRET,), **more: Any
    ) -> TestResponse:
        comment = NEW["comment"] if text is None else {"body": text, "parentID": None}
        body = json.dumps({**NEW, "comment": comment, **more}, indent=2).encode()
        marks = (hmac.new(each.encode(), body, hashlib.sha256).hexdigest() for each in secrets)
        signed = ",".join(f"sha256={each}" for each in marks)
        return client.post(
            f"/coral/phase?site={site}",
            data=body,
            headers={"X-Coral-Signature": signed, "Content-Type": "application/json"},
        )

    yield ask


def test_it_works(ask: Ask, cast: Cast) -> None:
    assert (ask().status_code, ask().json) == (200, {})
    held: Any = ask("What an idiot").json
    assert held["status"] == "SYSTEM_WITHHELD" and held["actions"] == [TOXIC]
    assert "0.95; your limit" in " ".join(held["reasons"])
    flagged: Any = ask("What rubbish").json
    assert "status" not in flagged and flagged["actions"] == [TOXIC]
    sites.set_policy(cast.site, {"banned_words": ["ferry"]}, by=cast.olga)
    assert ask("The ferry again").json["status"] == "REJECTED"
    links: Any = ask(" ".join(f"http://{n}.example/buy" for n in "abc")).json
    assert links["status"] == "SYSTEM_WITHHELD" and SPAM in links["actions"]
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 0


def test_edits_and_replies_are_judged_like_new_comments(ask: Ask) -> None:
    reply = {"body": "What an idiot", "parentID": "d79b787f-f406-49a0-a179-72e3652e54be"}
    for more in ({"action": "EDIT"}, {"comment": reply}):
        assert ask("What an idiot", **more).json["status"] == "SYSTEM_WITHHELD"


def test_html_is_read_as_its_readers_see_it(ask: Ask) -> None:
    assert ask("<div>Wh<b>at</b> an id<i></i>iot<br></div>").json["status"] == "SYSTEM_WITHHELD"
    links = "".join(f'<a href="http://{n}.example/">here</a>, ' for n in "abc")
    said: Any = ask(f"<div>{links}</div>").json
    assert SPAM in said["actions"]
    assert ask("1 < 2 and 3 > 2").json == {}


def test_staff_and_empty_texts_are_left_to_coral(ask: Ask) -> None:
    for role in ("STAFF", "MODERATOR", "ADMIN"):
        assert ask("What an idiot", author={"id": "x", "role": role}).json == {}
    for text in ("", "<div><br></div>"):
        assert ask(text).json == {}
    assert ask("a" + "\u0300" * 500).json == {"status": "SYSTEM_WITHHELD"}
    assert ask("What an idiot", author=None).json["status"] == "SYSTEM_WITHHELD"


def test_what_only_coral_knows_is_no_reason(ask: Ask, cast: Cast) -> None:
    sites.set_policy(cast.site, {"premoderate_first": 3}, by=cast.olga)
    assert ask("Hello.").json == {}
    sites.set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    assert ask("Hello.").json["status"] == "SYSTEM_WITHHELD"


def test_the_policy_is_that_of_the_section_of_the_story(ask: Ask, cast: Cast) -> None:
    add_section(cast.site, name="Sport", patterns=["/sport"], by=cast.olga)
    set_section_policy(cast.site, "sport", {"premoderate_all": True}, by=cast.olga)

    def said(url: Any) -> Any:
        return ask("Hello.", story={"id": "1", "url": url}).json.get("status")

    assert said("https://news.example.org/sport/cup?utm_source=x#top") == "SYSTEM_WITHHELD"
    assert said("https://news.example.org/ferry") is None
    for wrong in ("javascript:/sport", "https://", "/sport", "", None, 7, ["/sport"]):
        assert said(wrong) is None
    for story in (None, {}, {"id": "1"}):
        assert ask("Hello.", story=story).json == {}


@pytest.mark.parametrize(
    ("reason", "field"), [("slow", "unscored"), ("language", "unscored_language")]
)
def test_without_a_score_the_site_decides(
    ask: Ask, app: Flask, cast: Cast, reason: Any, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(texts: list[str], *_: Any, **_more: Any) -> list[Unscored]:
        return [Unscored(reason=reason, model="stub", language="fi") for _ in texts]

    monkeypatch.setattr(scorer.of(app), "score", nothing)
    for wanted, status in (("hold", "SYSTEM_WITHHELD"), ("publish", None), ("flag", None)):
        sites.set_policy(cast.site, {field: wanted}, by=cast.olga)
        said: Any = ask("Mikä päivä").json
        assert said.get("status") == status
        assert "actions" not in said  # it is neither toxic nor spam


def test_signatures(ask: Ask, cast: Cast) -> None:
    assert ask(secrets=("another", SECRET)).status_code == 200  # Coral's secret is being changed
    for wrong in ({"secrets": ()}, {"secrets": ("x",)}, {"site": "mountain"}, {"site": "none"}):
        answer = ask(**wrong)
        assert answer.status_code == 401 and "signature" in answer.json["error"]
    judges.add_coral_secret(cast.site, "the next secret", by=cast.olga)
    assert ask().status_code == ask(secrets=("the next secret",)).status_code == 200
    judges.add_coral_secret(cast.site, "one after the next", by=cast.olga)
    assert ask().status_code == 401
    judges.forget_coral(cast.site, by=cast.olga)
    assert ask(secrets=("one after the next",)).status_code == 401


@pytest.mark.parametrize(
    "sent", [b"", b"[]", b"{}", b'{"comment": "x"}', b'{"comment": {"body": 1}}']
)
def test_what_is_no_request_is_said_so(app: Flask, cast: Cast, sent: bytes) -> None:
    judges.add_coral_secret(cast.site, SECRET, by=cast.olga)
    mark = hmac.new(SECRET.encode(), sent, hashlib.sha256).hexdigest()
    answer = browser(app).post(
        "/coral/phase?site=harbour", data=sent, headers={"X-Coral-Signature": f"sha256={mark}"}
    )
    assert answer.status_code == 400 and answer.json["error"]


def test_wrong_signatures_are_counted(make_app: Callable[..., Flask]) -> None:
    app = make_app(limits=WIDE.replace("score=100000/minute", "score=2/minute"))
    with app.app_context():
        client = browser(app)
        found = [client.post("/coral/phase?site=x", data=b"{}").status_code for _ in range(3)]
    assert found == [401, 401, 429]
