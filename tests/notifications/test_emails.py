"""Emails and statements: what must be in them, and what strangers cannot put there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from commentsvc.accounts.models import User
from commentsvc.core.db import db
from commentsvc.core.locale import available
from commentsvc.moderation.cases.models import Notice, Sanction
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide, flag
from commentsvc.moderation.models import Decision
from commentsvc.notifications import emails
from commentsvc.notifications.emails import About, without_addresses
from commentsvc.notifications.emails.sanctions import sanctioned
from commentsvc.notifications.statements import statement
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Revision
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast


def newest() -> Decision:
    return db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()


def test_it_works(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="hate", message="Please no.", by=cast.mona)
    told = statement(newest())
    assert told.restriction == "Your comment is not published."
    assert "The Harbour Post" in told.scope and "account is not affected" in told.scope
    assert told.facts.startswith("You posted it on ")
    assert told.automated == (
        "It was detected by automated means (a local toxicity model). "
        "A person reviewed it and made the decision."
    )
    assert told.ground.endswith("Your comment attacks people for who they are.")
    assert told.message == "Message from the moderator: Please no."
    assert "court" in told.redress
    assert len(told.lines()) == 7


def test_what_nobody_pointed_at_says_so(cast: Cast) -> None:
    comment = post(cast.site, user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    told = statement(newest())
    assert told.restriction == "Your comment is no longer published."
    assert (
        told.automated
        == "A person reviewed it and made the decision. No automated means were used."
    )


def test_what_rules_alone_decided_says_so(cast: Cast) -> None:
    sites.set_policy(cast.site, {"banned_words": ["casino"]}, by=cast.olga)
    post(cast.site, "You idiot, casino!", user=cast.rita)
    told = statement(newest())
    assert told.automated == (
        "It was detected and decided on by automated means "
        "(a local toxicity model and rules set by the site). No person has reviewed it yet."
    )


@pytest.mark.parametrize(
    ("reasons", "scorer", "means"),
    [
        (["insult"], "embedded/1.5", "a local toxicity model"),
        (["insult", "sentence"], "remote/1234", "a toxicity model run by another service"),
        (["sentence"], "embedded/1.5", "a local toxicity model"),
        (["spam_like", "spam_here"], "embedded/1.5", "a spam filter"),
        (["banned_word", "links"], "remote/1234", "rules set by the site"),
        (["common_insult"], None, "rules set by the site"),
        (["threat", "banned_word"], "detoxify/x", "a local toxicity model and rules set by the site"),
        (["spam_like", "threat", "threats"], "remote/1",
         "a toxicity model run by another service, a spam filter, and rules set by the site"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by_person", [True, False])
def test_the_automated_means_that_took_part_are_named(
    cast: Cast, reasons: list[str], scorer: str | None, means: str, by_person: bool
) -> None:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    if by_person:
        decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    decision = newest()
    found = {"findings": [{"reason": each, "action": "HOLD"} for each in reasons]}
    revision = db.session.get_one(Revision, decision.revision_id)
    decision.evidence, revision.verdict, revision.scorer = found, found, scorer
    db.session.flush()
    assert f"by automated means ({means}). " in statement(decision).automated


def test_what_waits_is_told_that_nothing_is_to_be_done(cast: Cast) -> None:
    post(cast.site, "You idiot.", user=cast.rita)
    told = statement(newest())
    assert (
        told.restriction
        == "Your comment is waiting for a moderator to review it. It isn’t published yet."
    )
    assert "You don’t need to do anything" in told.redress


def test_readers_reports_and_the_sites_own_rules_are_named(cast: Cast) -> None:
    policy = {
        "rules_url": "https://news.example.org/rules",
        "redress": "Write to editor@news.example.org.",
    }
    sites.set_policy(cast.site, policy, by=cast.olga)
    comment = post(cast.site, user=cast.rita).comment
    flag(comment.public_id, user=cast.max, reason="hate")
    decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    told = statement(newest())
    assert "readers reported it" in told.facts
    assert "https://news.example.org/rules" in told.ground
    assert "editor@news.example.org" in told.redress


def test_illegal_content_names_the_law_as_the_ground(cast: Cast) -> None:
    comment = post(cast.site, user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="illegal", by=cast.mona)
    assert "considered illegal" in statement(newest()).ground


def test_every_language_has_all_of_it(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="hate", message="x", by=cast.mona)
    for locale in available():
        lines = statement(newest(), locale).lines()
        assert len(lines) == 7 and not any("{" in line for line in lines), locale


# --- strangers' words -----------------------------------------------------------------------------

ADDRESSES = [
    "http://evil.example/x",
    "HTTPS://EVIL.EXAMPLE",
    "//evil.example",
    "www.evil.example",
    "evil.com",
    "evil.co.uk/path?q=1",
    "javascript:alert(1)",
    "mailto:a@b.example",
    "a@b.example",
    "ftp://x.y/z",
    "evil.com:8080",
    "münchen.example/x",
    "tel:0900123",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_strangers_address_is_no_link(app: Flask, address: str) -> None:
    about = About("The Post", "Bridge", f"See {address} now, [click]({address}).", OURS)
    rita = User(public_id="r", name=f"Rita {address}", email="rita@example.org", locale="en")
    email = emails.reply(rita, about, by=f"Max {address}")
    for words in (email.subject, email.body):
        assert address.lower() not in words.lower()
    assert set(LINK.findall(email.body)) == {
        OURS,
        "https://comments.example.com/account/",
        email.stop,
    }


OURS = "https://news.example.org/a?fb_comment_id=1_2"
LINK = re.compile(r"[a-z]+://\S+")


@given(st.text(max_size=300))
def test_nothing_that_looks_like_a_link_is_left(text: str) -> None:
    left = without_addresses(text)
    assert not re.search(r"\w+://\w|www\.\w+\.\w", left, re.ASCII)


@pytest.mark.parametrize(
    "words", ["Nothing. Here", "e.g. this", "3.5 km", "Wait...what", "a/b", "U.S."]
)
def test_plain_words_stay(words: str) -> None:
    assert without_addresses(words) == words


def test_quotes_are_marked_line_by_line(app: Flask) -> None:
    about = About("The Post", None, "one\n\ntwo", OURS)
    email = emails.approved(
        User(public_id="r", name="Rita", email="r@example.org", locale="en"), about
    )
    assert "> one" in email.body and "an article" in email.body


def test_a_ban_says_why_and_how_to_appeal(cast: Cast) -> None:
    ban = Sanction(kind="ban", reason="harassment", message="Enough.")
    body = sanctioned(cast.rita, "The Harbour Post", ban).body
    assert "Reason: Harassment" in body and "Your comment" not in body
    assert "Enough." in body and "court" in body and "you can appeal once" in body


@pytest.mark.parametrize(
    ("before", "words"),
    [("trust", "are checked like everyone else’s again"), ("ban", "You can comment on Harbour")],
)
def test_the_end_of_trust_is_not_the_end_of_a_ban(cast: Cast, before: str, words: str) -> None:
    sanction(cast.site, cast.rita, before, by=cast.mona, reason="spam")
    lift = sanction(cast.site, cast.rita, "lift", by=cast.mona, message="A new rule.")
    body = sanctioned(cast.rita, "Harbour", lift).body
    assert words in body and "A new rule." in body


def test_a_notice_without_a_name_is_greeted_without_one(app: Flask) -> None:
    given = Notice(receipt="R1", name=None, email="nora@example.org")
    assert emails.notice(given, site="Post", link="https://example.org/n").body.startswith(
        "Hello,\n"
    )
    given.name = "Nora"
    assert emails.notice(given, site="Post", link="https://example.org/n").body.startswith(
        "Hello Nora,\n"
    )
