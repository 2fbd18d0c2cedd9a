"""A section from one end to the other: written in, judged, shown, reported and tried out by its own policy,
while the rest of the site keeps the site's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict, Invalid, NotAllowed
from commentsvc.moderation import commands as moderation
from commentsvc.moderation.cases.temperature import hottest, readings
from commentsvc.moderation.desk.cards import card
from commentsvc.posting import commands as posting
from commentsvc.posting import comparing
from commentsvc.posting.before import nudge, preview
from commentsvc.posting.jobs import score_late
from commentsvc.posting.liking import like
from commentsvc.sites.commands import set_policy
from commentsvc.sites.sections.commands import add_section, section_of, set_section_policy
from commentsvc.threads import pages
from commentsvc.threads.commands import open_thread, thread_of
from commentsvc.threads.merging import merge
from commentsvc.tuning.replay import replay
from tests.factories import HREF, post
from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.sites.models import Site
    from tests.people import Cast

SPORT = "https://news.example.org/sport/cup"


def section(site: Site, **changes: Any) -> None:
    add_section(site, name="Sport", patterns=["/sport"], by=None)
    set_section_policy(site, "sport", changes, by=None)


def test_it_works(cast: Cast) -> None:
    section(cast.site, premoderate_all=True, max_length=60)
    assert post(cast.site, href=SPORT).comment.status == "pending"
    assert post(cast.site).comment.status == "published"
    with pytest.raises(Invalid):
        post(cast.site, "x" * 61, href=SPORT)
    assert post(cast.site, "A longer word. " * 6).comment.status == "published"


def test_who_may_write(cast: Cast) -> None:
    set_policy(cast.site, {"guests_may_post": False}, by=cast.olga)
    section(cast.site, guests_may_post=True)
    assert post(cast.site, href=SPORT).comment.status == "published"
    with pytest.raises(NotAllowed):
        post(cast.site)


def test_an_edit_and_a_late_score_are_judged_by_the_section(cast: Cast) -> None:
    section(cast.site, banned_words=["walnut"])
    posted = post(cast.site, href=SPORT, user=cast.rita)
    posting.edit(posted.comment.public_id, "A walnut.", user=cast.rita)
    db.session.refresh(posted.comment)
    assert posted.comment.status == "rejected"
    elsewhere = post(cast.site, user=cast.rita)
    posting.edit(elsewhere.comment.public_id, "A walnut.", user=cast.rita)
    db.session.refresh(elsewhere.comment)
    assert elsewhere.comment.status == "published"
    late = post(cast.site, "An almond.", href=SPORT, user=cast.max).comment
    with unit_of_work():
        late.unscored = elsewhere.comment.unscored = "failed"
    set_section_policy(cast.site, "sport", {"banned_words": ["almond"]}, by=None)
    for each in (late, elsewhere.comment):
        score_late(each.id)
        db.session.refresh(each)
    assert (late.status, elsewhere.comment.status) == ("rejected", "published")


def test_likes_reports_and_heat(cast: Cast) -> None:
    section(cast.site, likes=False, flags_to_hold=1, heat_comments=2)
    here, there = post(cast.site, href=SPORT).comment, post(cast.site).comment
    for href in (SPORT, HREF):
        post(cast.site, href=href)
    with pytest.raises(Conflict):
        like(here, cast.rita)
    assert like(there, cast.rita).count == 1
    now = readings([cast.site])
    assert now[here.thread_id].temperature == 1 > now[there.thread_id].temperature
    assert [each.policy.heat_comments for each in hottest([cast.site])] == [2]
    for comment in (here, there):
        for n, user in enumerate((cast.rita, cast.max)):
            moderation.flag(comment.public_id, user=user, reason="offensive", network=f"net-{n}")
        db.session.refresh(comment)
    assert (here.status, there.status) == ("pending", "published")


def test_what_is_said_before(cast: Cast) -> None:
    section(cast.site, links="hold", max_links=0, max_length=30)
    text = "Look at https://a.example.net/x"
    assert nudge(cast.site, text[:30], user=cast.rita, href=SPORT).would_hold
    assert not nudge(cast.site, text[:30], user=cast.rita, href=HREF).would_hold
    with pytest.raises(Invalid):
        preview(cast.site, text, href=SPORT)
    assert preview(cast.site, text, href=HREF)


def test_a_card_and_a_comparison_know_the_sections_limits(cast: Cast) -> None:
    section(cast.site, hold_at={"toxicity": 0.99}, flag_at={})
    comment = post(cast.site, "You idiot.", href=SPORT).comment
    held = post(cast.site, "You idiot.").comment
    assert (comment.status, held.status) == ("published", "pending")
    cards = [card(each.public_id, [cast.site]) for each in (comment, held)]
    limits = {
        made.status: {each.label: each.limit for each in made.scores}["toxicity"] for made in cards
    }
    assert limits["published"] == 0.99 and (limits["pending"] or 1) < 0.99
    places = comparing._places([comment.public_id, held.public_id])
    assert places[comment.public_id] == (SPORT, ())


def test_a_replay_is_of_the_section(cast: Cast) -> None:
    section(cast.site, premoderate_first=0)
    for href in (SPORT, HREF, HREF):
        post(cast.site, "A walnut.", href=href)
    changes = {"banned_words": ["walnut"]}
    here = section_of(cast.site, "sport")
    found = replay(cast.site, changes, section=here)
    assert (found.comments, found.total, found.held_now, found.held_then) == (1, 1, 0, 1)
    assert replay(cast.site, changes).held_then == 3
    set_section_policy(cast.site, "sport", {"banned_words": ["almond"]}, by=None)
    assert replay(cast.site, changes).held_then == 2  # the section keeps what it has of its own


def test_a_conversation_that_moved_has_the_policy_of_where_it_is(cast: Cast) -> None:
    section(cast.site, premoderate_all=True)
    sport, other = open_thread(cast.site, SPORT), open_thread(cast.site, HREF)
    merge(sport, other, by=cast.olga)
    assert post(cast.site, href=SPORT).comment.status == "published"


def test_pages_that_are_kept_change_with_a_section(app: Flask, cast: Cast) -> None:
    for n in range(3):
        post(cast.site, f"Number {n}.", href=SPORT)
    client, path = browser(app), f"/embed/thread?site=harbour&href={SPORT}"
    assert all(f"Number {n}." in client.get(path).text for n in range(3))
    section(cast.site, page_size=1, announcement="Fair play, please.")
    page = client.get(path).text
    assert "Fair play, please." in page and "Number 0." not in page
    assert "Fair play" not in client.get(f"/embed/thread?site=harbour&href={HREF}").text
    section_thread = thread_of(post(cast.site, href=SPORT).comment)
    set_section_policy(cast.site, "sport", {"close_after_days": 1}, by=None)
    with clock.frozen(clock.now()):
        assert not pages.view_of(section_thread, cast.site).closed
        section_thread.created_at = clock.now().replace(year=2020)
        assert pages.view_of(section_thread, cast.site).closed
