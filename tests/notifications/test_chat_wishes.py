"""What chats are told and when: what is wanted, not in quiet hours, with nothing in it that calls others or
shows what is severe, and only to who moderates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from commentsvc.accounts.commands import erase
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import NotFound
from commentsvc.core.rows import insert_rows
from commentsvc.core.sealing import Sealer
from commentsvc.moderation.cases.notices import give_notice
from commentsvc.moderation.commands import decide
from commentsvc.moderation.flags import flag
from commentsvc.notifications import sealed
from commentsvc.notifications.chat import commands, messages, news, telling
from commentsvc.notifications.chat.commands import Wishes
from commentsvc.notifications.chat.models import ChatChannel
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import find_thread
from commentsvc.threads.models import Comment, Revision, Thread
from tests.factories import HREF, post
from tests.notifications.chats import ALL, asked, gathered, made

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.notifications.chats import Chat
    from tests.people import Cast

pytestmark = pytest.mark.usefixtures("noon")


# --- what and when --------------------------------------------------------------------------------


def everything(cast: Cast) -> None:
    """Something of each kind."""
    clock.move(timedelta(seconds=10))
    post(cast.site, "You idiot, said aloud.", name="Ann")
    public = post(cast.site, "The ferry was late.", name="Bob").comment
    flag(public.public_id, reason="spam", user=cast.rita)
    give_notice(
        public.public_id,
        law="A law",
        explanation="This sentence is about me by name.",
        good_faith=True,
    )
    with unit_of_work():
        thread = find_thread(cast.site, HREF)
        assert thread is not None
        thread.hot_since = clock.now()


@pytest.mark.engines
def test_it_tells_what_is_wanted(cast: Cast) -> None:
    channels = {name: made(cast, what=[name]) for name in ALL}
    everything(cast)
    other = post(cast.other, "You idiot, elsewhere.", href="https://mountain.example.net/a").comment
    assert other.status == "pending"
    found = {name: gathered(cast, each).counts for name, each in channels.items()}
    assert found == {
        "pending": {"pending": 1},
        "reported": {"reported": 1},
        "severe": {"severe": 1},
        "alarm": {"heated": 1},
        "notice": {"notice": 1},
    }
    assert all(news.arrived(each, clock.now()) for each in channels.values())
    with unit_of_work():
        for each in channels.values():
            each.told_until = clock.now()
    assert not any(news.arrived(each, clock.now()) for each in channels.values())
    assert not any(gathered(cast, each) for each in channels.values())


@pytest.mark.engines
def test_what_is_of_two_kinds_is_one_item(cast: Cast) -> None:
    sites.set_policy(cast.site, {"blur_at": 0.5}, by=cast.olga)
    channel, few = made(cast), made(cast, what=["severe", "alarm"])
    everything(cast)
    public = post(cast.site, "The tram was late.", name="Cem").comment
    waits = post(cast.site, "You idiot, once more.", name="Ann").comment
    with unit_of_work():
        public.unscored = waits.unscored = "unavailable"
        db.session.get_one(Revision, waits.revision_id).scores = None
    found, some = gathered(cast, channel), gathered(cast, few)
    kinds = {"pending": 2, "severe": 1, "reported": 1, "notice": 1, "heated": 1, "unscored": 2}
    assert found.counts == kinds and found.total == 6
    assert some.counts == {"severe": 1, "heated": 1, "unscored": 2} and some.total == 4
    title = messages.news(channel, cast.site, cast.mona, found).title
    assert title == "The Harbour Post: 6 items for a moderator"


@pytest.mark.engines
def test_all_are_counted_and_severe_ones_found_behind_many(cast: Cast) -> None:
    first = post(cast.site, "The ferry was late.", name="Bob").comment
    channel, calm = made(cast, what=["severe", "alarm"]), made(cast, what=["pending"])
    clock.move(timedelta(seconds=1))
    place = {name: getattr(first, name) for name in ("site_id", "thread_id", "author_id")}
    ids = range(1000, 1070)
    with unit_of_work():
        now = {"created_at": clock.now()}
        many = [{**place, **now, "id": n, "revision_id": n, "status": "pending"} for n in ids]
        insert_rows(Comment, many)
        said = {"text": "Calm.", "html": "<p>Calm.</p>", **now}
        scores = {n: {"toxicity": 0.99 if n == ids[-1] else 0.1} for n in ids}
        insert_rows(
            Revision, [{**said, "id": n, "comment_id": n, "scores": scores[n]} for n in ids]
        )
        hot = {"site_id": cast.site.id, "hot_since": clock.now(), **now}
        insert_rows(
            Thread,
            [{**hot, "id": n, "href": f"{HREF}/{n}", "address": f"{HREF}/{n}"} for n in ids[:7]],
        )
    found = gathered(cast, channel)
    assert found.counts == {"severe": 1, "heated": 7} and len(found.heated) == 5
    assert [each.row_id for each in found.shown] == [ids[-1]]
    found = gathered(cast, calm)
    assert found.counts == {"pending": 70}
    assert [each.severe for each in found.shown] == [True, False, False, False, False]


def test_a_comment_held_later_is_told(cast: Cast) -> None:
    public = post(cast.site, "The ferry was late.", name="Bob").comment
    channel = made(cast, what=["pending"])
    clock.move(timedelta(minutes=5))
    decision = decide(public.public_id, action="reject", reason="spam", by=cast.olga)
    assert gathered(cast, channel).counts == {}
    with unit_of_work():
        decision.status_after = public.status = "pending"
    assert gathered(cast, channel).counts == {"pending": 1}


def test_severe_comments_are_told_without_their_text(cast: Cast) -> None:
    sites.set_policy(cast.site, {"blur_at": 0.5}, by=cast.olga)
    channel = made(cast, what=["severe"], quote_below=90)
    clock.move(timedelta(seconds=1))
    post(cast.site, "You idiot, said aloud.", name="Ann")
    found = gathered(cast, channel)
    assert found.counts == {"severe": 1}
    told = messages.news(channel, cast.site, cast.mona, found).body
    assert "said aloud" not in told and "text not shown here" in told and "decide?" not in told


def test_quotes_only_below_what_is_chosen(cast: Cast) -> None:
    sites.set_policy(cast.site, {"premoderate_all": True, "blur_at": 0.99}, by=cast.olga)
    for words, quote_below, quoted in (
        ("A ferry.", 0, False),
        ("A ferry.", 30, True),
        ("You idiot.", 90, False),
    ):
        channel = made(cast, quote_below=quote_below)
        clock.move(timedelta(seconds=5))
        post(cast.site, words, name="Ann")
        told = messages.news(channel, cast.site, cast.mona, gathered(cast, channel)).body
        assert (words in told) is quoted


def test_strangers_call_nobody_and_lead_nowhere(cast: Cast) -> None:
    hostile = "@everyone <!channel> <@U123> [win](https://evil.example) **x** \u200b@here"
    shown = messages.harmless(hostile)
    for sign in ("@everyone", "<!", "<@", "](", "https://", "evil.example", "**", "@here"):
        assert sign not in shown, sign


def test_at_once_hourly_and_daily(cast: Cast) -> None:
    made(cast, rhythm="hourly", zone="Asia/Kathmandu")  # 17:45 there
    assert asked(cast) == 0
    post(cast.site, "You idiot, said aloud.", name="Ann")
    clock.move(timedelta(minutes=14))
    assert asked(cast) == 0
    clock.move(timedelta(minutes=2))
    assert asked(cast) == 1
    made(cast, rhythm="daily", zone="America/New_York")  # 8:16 there
    clock.move(timedelta(hours=23))
    assert asked(cast) == 1 + 1  # the hour's again, as its job was never done
    clock.move(timedelta(hours=1))
    assert asked(cast) == 2 + 2


@pytest.mark.parametrize(
    ("start", "end", "hour", "quiet"),
    [
        (22, 6, 23, True), (22, 6, 5, True), (22, 6, 6, False), (22, 6, 12, False),
        (9, 17, 9, True), (9, 17, 17, False), (9, 17, 8, False), (8, 8, 8, False), (None, None, 3, False),
    ],
)  # fmt: skip
def test_quiet_hours_are_those_of_the_zone(
    cast: Cast, start: int | None, end: int | None, hour: int, quiet: bool
) -> None:
    channel = made(cast, quiet_from=start, quiet_until=end, zone="Europe/Berlin")
    moment = datetime(2026, 7, 5, hour, 30, tzinfo=commands.zone_of("Europe/Berlin"))
    assert commands.is_quiet(channel, moment.astimezone(UTC)) is quiet


def test_what_comes_in_quiet_hours_is_told_after_them(cast: Cast) -> None:
    made(cast, quiet_from=11, quiet_until=13)
    post(cast.site, "You idiot, said aloud.", name="Ann")
    clock.move(timedelta(minutes=30))
    assert asked(cast) == 0
    clock.move(timedelta(minutes=31))
    assert asked(cast) == 1


def test_two_workers_ask_once(cast: Cast) -> None:
    made(cast)
    post(cast.site, "You idiot, said aloud.", name="Ann")
    clock.move(timedelta(seconds=30))
    assert asked(cast) == 1
    assert asked(cast) == 1


# --- whose ----------------------------------------------------------------------------------------


def test_who_moderates_no_more_hears_nothing(cast: Cast, chat: Chat) -> None:
    channel = made(cast, chat.address)
    post(cast.site, "You idiot, said aloud.", name="Ann")
    sites.set_role(cast.site, cast.mona, None, by=cast.olga)
    clock.move(timedelta(seconds=30))
    telling.tell(channel.id)
    telling.try_out(channel.id)
    assert chat.told == []
    with pytest.raises(NotFound):
        commands.find(channel.public_id, by=cast.mona)


def test_who_is_leaving_hears_nothing(cast: Cast, chat: Chat) -> None:
    channel = made(cast, chat.address)
    post(cast.site, "You idiot, said aloud.", name="Ann")
    with unit_of_work():
        cast.mona.leaving_at = clock.now() + timedelta(hours=24)
    clock.move(timedelta(seconds=30))
    telling.tell(channel.id)
    telling.try_out(channel.id)
    assert chat.told == []


def test_nobody_touches_the_channel_of_another(cast: Cast) -> None:
    channel = made(cast)
    for act in (commands.pause, commands.resume, commands.remove, commands.try_out):
        with pytest.raises(NotFound):
            act(channel.public_id, by=cast.olga)
    with pytest.raises(NotFound):
        commands.change(channel.public_id, Wishes(what=ALL), by=cast.olga)


def test_the_address_is_sealed_and_forgotten(
    app: Flask, cast: Cast, work: Callable[[], int]
) -> None:
    old = Sealer(["an older key that is long enough"])
    channel = made(cast, old.seal("ntfys://ntfy.example.org/secret-topic"))
    assert sealed.states()["lost"] == 1 and not channel.readable
    with unit_of_work():
        channel.kept_address = "ntfys://ntfy.example.org/secret-topic"
    assert sealed.states()["open"] >= 1
    sealed.reseal()
    kept = db.session.scalar(text("SELECT address FROM chat_channel"))
    assert kept.startswith("sealed:") and "secret-topic" not in kept
    db.session.refresh(channel)
    assert channel.address == "ntfys://ntfy.example.org/secret-topic"
    erase(cast.mona)
    work()
    assert db.session.scalar(select(func.count(ChatChannel.id))) == 0
