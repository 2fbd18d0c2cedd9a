"""A page's own tags, from its first comment to the section they choose: kept by the thread, shown, filtered
by, exported, and changed by staff alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.exchange.exporting.outgoing import records_of
from commentsvc.exchange.records import ThreadRecord
from commentsvc.moderation.cases.temperature import hottest
from commentsvc.moderation.desk import queue
from commentsvc.posting.before import nudge
from commentsvc.posting.commands import edit
from commentsvc.posting.liking import react_to_page
from commentsvc.sites.commands import set_policy
from commentsvc.sites.sections.commands import add_section, section_of, set_section_policy
from commentsvc.threads.commands import thread_of
from commentsvc.threads.rules import set_tags
from commentsvc.tuning.replay import replay
from tests.factories import HREF, post
from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.sites.models import Site
    from tests.people import Cast

OTHER = "https://news.example.org/other"


def live(site: Site, **changes: object) -> None:
    add_section(site, name="Live", tags=["live"], by=None)
    set_section_policy(site, "live", changes, by=None)


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    live(cast.site, premoderate_all=True, banned_words=["walnut"])
    first = post(cast.site, tags="Politics, LIVE", user=cast.rita).comment
    thread = thread_of(first)
    assert (first.status, thread.tags) == ("pending", ("politics", "live"))
    assert post(cast.site, href=OTHER).comment.status == "published"
    # whatever later requests say
    assert post(cast.site, tags="other").comment.status == "pending"
    assert post(cast.site, href=OTHER, tags="live").comment.status == "published"
    assert edit(first.public_id, "A walnut.", user=cast.rita).comment.status == "rejected"
    assert nudge(cast.site, "A walnut.", user=None, href=HREF).would_hold
    set_tags(thread, ["Politics"], by=cast.mona)
    assert post(cast.site, tags="live").comment.status == "published"


@pytest.mark.engines
def test_the_queue_finds_a_whole_tag(cast: Cast) -> None:
    set_policy(cast.site, {"premoderate_all": True}, by=None)
    one = post(cast.site, tags="live, 50%_off").comment
    post(cast.site, href=OTHER, tags="alive")
    for tag, found in (
        ("live", [one.public_id]),
        (" LIVE", [one.public_id]),
        ("50%_off", [one.public_id]),
        ("5%", []),
        ("50%xoff", []),
        ("liv", []),
        (",", []),
    ):
        page = queue.page([cast.site], "pending", filters=queue.Filters(tag=tag))
        assert [each.id for each in page.items] == found, tag
    assert queue.card(one.public_id, [cast.site]).thread_tags == ("live", "50%_off")


def test_what_is_asked_before_there_is_a_thread(cast: Cast) -> None:
    live(
        cast.site,
        page_reactions=True,
        named_reactions=["love"],
        max_links=0,
        links="hold",
        heat_comments=2,
    )
    text = "Look at https://a.example.net/x"
    for tags in ((), ("live",)):
        assert nudge(cast.site, text, user=cast.rita, href=HREF, tags=tags).would_hold is bool(tags)
    made = react_to_page(cast.site, HREF, cast.rita, "love", tags=("live",))
    assert made.thread.tags == ("live",) and made.counts == {"love": 1}
    post(cast.site)
    assert [each.policy.heat_comments for each in hottest([cast.site])] == [2]


def test_a_replay_and_an_export(cast: Cast) -> None:
    live(cast.site)
    for href, tags in ((HREF, "live"), (OTHER, None)):
        post(cast.site, "A walnut.", href=href, tags=tags)
    found = replay(cast.site, {"banned_words": ["walnut"]}, section=section_of(cast.site, "live"))
    assert (found.comments, found.total) == (1, 1)
    records = [each for each in records_of(cast.site) if isinstance(each, ThreadRecord)]
    assert sorted(each.tags for each in records) == [(), ("live",)]


def test_kept_pages_follow_the_tags(app: Flask, cast: Cast) -> None:
    live(cast.site, announcement="It is live.")
    client, path = browser(app), f"/embed/thread?site=harbour&href={HREF}"
    for _ in range(2):  # the second time, from the cache
        assert "It is live." not in client.get(path).text
        page = client.get(f"{path}&tags=Live,b").text
        assert "It is live." in page and 'data-tags="live,b"' in page
    thread = thread_of(post(cast.site, tags="b").comment)
    assert "It is live." not in client.get(f"{path}&tags=Live,b").text
    was = client.get(path).headers["ETag"]
    set_tags(thread, ["live"], by=cast.mona)
    answer = client.get(path, headers={"If-None-Match": was})
    assert answer.status_code == 200 and "It is live." in answer.text
    assert "data-where" not in answer.text
