"""What a reader, a guest and a moderator get by email: each once, grouped by conversation, stopped by one
click, and nothing of that kind after it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.cases.appeals import appeal, hear
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide
from commentsvc.moderation.flags import flag
from commentsvc.notifications import guests, waiting
from commentsvc.notifications.choices import CHOICE, choose
from commentsvc.notifications.following import commands as following
from commentsvc.notifications.mail import Mail, compose, mailer
from commentsvc.notifications.models import Email
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import thread_of
from tests.dashboard.conftest import BASE
from tests.dashboard.test_emails import one_click
from tests.factories import post
from tests.notifications.test_guests import author, token_in
from tests.notifications.test_mentions import mention

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.notifications.conftest import Later
    from tests.people import Cast

pytestmark = [pytest.mark.usefixtures("noon"), pytest.mark.engines]

SENDER = "comments@example.org"
_numbers = count(1)


def _text() -> str:
    return f"The tram is late, day {next(_numbers)}."


def _reply(cast: Cast) -> None:
    mine = post(cast.site, _text(), user=cast.rita).comment
    post(cast.site, _text(), user=cast.max, parent=mine.public_id)


def _mention(cast: Cast) -> None:
    post(cast.site, _text(), user=cast.rita)  # whoever has written can be mentioned
    mention(cast, cast.rita, text=f"@Rita {_text()}")


def _follow(cast: Cast) -> None:
    clock.move(timedelta(seconds=1))
    post(cast.site, _text(), user=cast.max)


def _approved(cast: Cast) -> None:
    mine = post(cast.site, f"You idiot. {_text()}", user=cast.rita).comment
    decide(mine.public_id, action="approve", by=cast.mona)


def _rejected(cast: Cast) -> None:
    mine = post(cast.site, _text(), user=cast.rita).comment
    decide(mine.public_id, action="reject", reason="off_topic", by=cast.mona)


def _hidden(cast: Cast) -> None:
    mine = post(cast.site, _text(), user=cast.rita).comment
    flag(mine.public_id, user=cast.mona, reason="hate")


def _appeal(cast: Cast) -> None:
    mine = post(cast.site, _text(), user=cast.rita).comment
    decide(mine.public_id, action="reject", reason="off_topic", by=cast.mona)
    clock.move(timedelta(minutes=5))  # nobody undoes it any more
    made = appeal(mine.public_id, "It is on topic.", by=cast.rita)
    hear(made.public_id, outcome="upheld", by=cast.olga)


def _sanction(cast: Cast) -> None:
    sanction(cast.site, cast.rita, "warn", by=cast.mona, reason="off_topic")


def _flag(cast: Cast) -> None:
    other = post(cast.site, _text(), user=cast.max).comment
    flag(other.public_id, user=cast.rita, reason="hate")
    decide(other.public_id, action="reject", reason="hate", by=cast.mona)


def _queue(cast: Cast) -> None:
    post(cast.site, f"You idiot. {_text()}", user=cast.max)


DOES: dict[str, Callable[[Cast], None]] = {
    "reply": _reply,
    "mention": _mention,
    "follow": _follow,
    "approved": _approved,
    "rejected": _rejected,
    "hidden": _hidden,
    "appeal": _appeal,
    "sanction": _sanction,
    "flag": _flag,
    "queue": _queue,
}
#: What is not about one conversation.
APART = ("sanction", "queue")


def settle(later: Later) -> None:
    """Long enough for every email that comes at once, and for one about what waits."""
    for _ in range(2):
        later(minutes=16)
        waiting.ask_for_emails()
        later()


def sent(app: Flask) -> list[Mail]:
    return list(mailer.of(app).sent)  # type: ignore[attr-defined]


def of_kind(kind: str) -> int:
    """How many emails of this kind were sent."""
    query = select(func.count()).where(Email.kind == kind, Email.state == "sent")
    return int(db.session.scalar(query) or 0)


def stops(client: FlaskClient, mail: Mail) -> None:
    """The mail program’s own button, as RFC 8058 has it."""
    message = compose(mail, SENDER)
    assert message["List-Unsubscribe"] == f"<{mail.stop}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one_click(client, mail.stop.removeprefix(BASE)) == 200


@pytest.fixture
def ready(cast: Cast, later: Later) -> None:
    """Rita reads, follows the conversation and wants all at once; so does mona, who moderates."""
    for each in (cast.rita, cast.mona):
        each.email_verified_at = clock.now()
    db.session.commit()
    sites.set_policy(cast.site, {"flags_to_hold": 3}, by=cast.olga)
    choose(cast.mona, queue="now")
    thread_of(post(cast.site, _text(), user=cast.mona).comment)
    settle(later)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("kind", CHOICE)
def test_a_member(app: Flask, cast: Cast, client: FlaskClient, later: Later, kind: str) -> None:
    if kind == "follow":
        thread = thread_of(post(cast.site, _text(), user=cast.mona).comment)
        following.follow(cast.rita, thread, "now")
    DOES[kind](cast)
    settle(later)
    to = "mona@example.org" if kind == "queue" else "rita@example.org"
    assert of_kind(kind) == 1
    mail = next(each for each in reversed(sent(app)) if each.to == to)
    settle(later)
    later(days=2)
    assert of_kind(kind) == 1  # once is all
    message = compose(mail, SENDER)
    assert message["In-Reply-To"] == message["References"]
    assert bool(message["References"]) is (kind not in APART)
    stops(client, mail)
    before = len([each for each in sent(app) if each.to == to])
    DOES[kind](cast)
    settle(later)
    later(days=8)
    assert of_kind(kind) == 1 and len([each for each in sent(app) if each.to == to]) == before


@pytest.mark.usefixtures("ready")
def test_a_guest(app: Flask, cast: Cast, client: FlaskClient, later: Later) -> None:
    mine = post(cast.site, _text(), name="Ann").comment
    guests.ask(author(mine), "ann@example.org", site=cast.site, locale="en")
    later(minutes=1)
    guests.confirm(token_in(sent(app)[-1], "on"))
    for number in (1, 2):
        post(cast.site, _text(), user=cast.max, parent=mine.public_id)
        settle(later)
        later(days=2)
        assert of_kind("reply") == number
    first, second = sent(app)[-2:]
    assert first.to == second.to == "ann@example.org"
    one, two = (compose(each, SENDER) for each in (first, second))
    assert one["References"] == two["References"] == two["In-Reply-To"] and one["References"]
    stops(client, second)
    post(cast.site, _text(), user=cast.max, parent=mine.public_id)
    settle(later)
    later(days=8)
    assert of_kind("reply") == 2


def test_all_of_a_conversation_stands_together(
    app: Flask, cast: Cast, ready: None, later: Later
) -> None:
    """A reply, a mention and a decision, in a mail program: one thread."""
    for kind in ("reply", "mention", "rejected"):
        DOES[kind](cast)
        settle(later)
    mails = [compose(each, SENDER) for each in sent(app) if each.to == "rita@example.org"]
    assert len(mails) == 3 and len({each["References"] for each in mails}) == 1
