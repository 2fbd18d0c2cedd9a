"""Queues and cards: what is in them, in which order, page by page, at a fixed cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.errors import Invalid, NotFound
from commentsvc.moderation.commands import decide, flag, undo
from commentsvc.moderation.desk import people, queue
from commentsvc.moderation.desk.queue import Filters
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.threads.models import Comment
    from tests.people import Cast

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def ids(cast: Cast, name: str, **more: object) -> list[str]:
    return [each.id for each in queue.page([cast.site], name, **more).items]


def other_post(cast: Cast, text: str = "You idiot.") -> Comment:
    return post(cast.other, text, href="https://mountain.example.net/a").comment


def test_it_works(cast: Cast) -> None:
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    post(cast.site, "A calm word.")
    page = queue.page([cast.site], "pending")
    assert [each.id for each in page.items] == [held.public_id] and page.next is None
    assert queue.counts([cast.site]) == {
        "pending": 1,
        "reported": 0,
        "unreviewed": 1,
        "rejected": 0,
    }


def test_what_is_in_which_queue(cast: Cast) -> None:
    held = post(cast.site, "You idiot.").comment.public_id
    calm = post(cast.site, "A calm word.").comment.public_id
    rude = post(cast.site, "What rubbish.").comment.public_id
    bad = post(cast.site, "Another word.").comment.public_id
    read = post(cast.site, "A third word.").comment.public_id
    decide(bad, action="reject", reason="spam", by=cast.mona)
    decide(read, action="approve", by=cast.mona)
    assert ids(cast, "pending") == [held]
    assert ids(cast, "reported") == [rude]
    assert set(ids(cast, "unreviewed")) == {calm, rude}
    assert ids(cast, "approved") == [read]
    assert ids(cast, "rejected") == [bad]
    assert ids(cast, "rejected", filters=Filters(reason="spam")) == [bad]
    assert ids(cast, "rejected", filters=Filters(reason="hate")) == []
    assert set(ids(cast, "all")) == {held, calm, rude, bad, read}


def test_other_sites_stay_out_of_sight(cast: Cast) -> None:
    post(cast.site, "You idiot.")
    foreign = other_post(cast)
    assert foreign.public_id not in ids(cast, "all")
    assert queue.counts([cast.site])["pending"] == 1
    with pytest.raises(NotFound):
        queue.card(foreign.public_id, [cast.site])
    assert queue.page([], "all").items == [] and queue.counts([])["pending"] == 0


@pytest.mark.parametrize("order", ["urgent", "newest", "oldest"])
def test_pages_hold_everything_once_and_in_order(cast: Cast, order: str) -> None:
    sites.set_policy(cast.other, {"slow_seconds": 0}, by=cast.max)
    with clock.frozen(NOON):
        for number in range(7):
            text = "I will kill you" if number % 3 == 0 else "You idiot."
            post(
                cast.site if number % 2 else cast.other, f"{text} {number}", href=HREFS[number % 2]
            )
            clock.move(timedelta(minutes=number % 2))
    both = [cast.site, cast.other]
    whole = queue.page(both, "pending", order=order).items
    assert len(whole) == 7
    key = {
        "urgent": lambda c: (-_urgency(c.id), -c.row_id),
        "newest": lambda c: (-c.created_at.timestamp(), -c.row_id),
        "oldest": lambda c: (c.created_at.timestamp(), c.row_id),
    }[order]
    assert whole == sorted(whole, key=key)
    seen, after = [], None
    for _ in range(9):
        page = queue.page(both, "pending", order=order, limit=2, after=after)
        seen += [each.id for each in page.items]
        if (after := page.next) is None:
            break
    assert seen == [each.id for each in whole]


HREFS = ["https://mountain.example.net/a", "https://news.example.org/a"]


def _urgency(public_id: str) -> float:
    from commentsvc.threads.commands import comment_by_public_id

    return comment_by_public_id(public_id).urgency


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("nonsense", {}),
        ("pending", {"order": "random"}),
        ("pending", {"after": "x"}),
        ("pending", {"filters": Filters(label="beauty")}),
    ],
)
def test_what_does_not_exist_is_refused(cast: Cast, name: str, more: dict) -> None:
    with pytest.raises(Invalid):
        queue.page([cast.site], name, **more)


def test_filters(cast: Cast) -> None:
    with clock.frozen(NOON):
        insult = post(cast.site, "You idiot.", user=cast.rita).comment
        clock.move(timedelta(days=1))
        threat = post(cast.site, "I will kill you", user=cast.max).comment
        links = post(
            cast.site,
            "http://a.example http://b.example http://c.example",
            href="https://news.example.org/2026/other",
        ).comment
    flag_me = post(cast.site, "A calm word.", user=cast.max).comment
    flag(flag_me.public_id, user=cast.rita, reason="off_topic")

    def found(**wanted: object) -> set[str]:
        return set(ids(cast, "all", filters=Filters(**wanted)))

    assert found(rule="insult") == {insult.public_id}
    assert found(reason="links") == {links.public_id}
    assert found(reason="off_topic") == {flag_me.public_id}
    assert found(rule="links", reason="off_topic") == set()
    assert found(label="threat", at_least=0.8) == {threat.public_id}
    assert found(label="toxicity", at_least=0.9, at_most=0.96) == {insult.public_id}
    # without a label, the highest score counts
    assert found(at_least=0.9) == {insult.public_id, threat.public_id}
    assert found(at_most=0.5) == {links.public_id, flag_me.public_id}
    assert found(at_least=0.2, at_most=0.2) == set()
    with pytest.raises(Invalid, match="minimum score"):
        Filters(at_least=0.3, at_most=0.2)
    assert found(author=cast.rita.public_id) == {insult.public_id}
    thread = queue.card(links.public_id, [cast.site]).thread_id
    assert found(thread=thread) == {links.public_id}
    assert found(since=NOON, until=NOON + timedelta(hours=1)) == {insult.public_id}
    assert found(language="xx") == set()
    assert len(found()) == 4


def test_a_filter_looks_at_the_current_text(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    posting.edit(comment.public_id, "A calm word.", user=cast.rita)
    assert ids(cast, "all", filters=Filters(rule="insult")) == []


def test_the_card_says_everything(cast: Cast) -> None:
    asked = post(cast.site, "A **calm** question?", user=cast.max).comment
    posted = post(cast.site, "First words.", user=cast.rita, parent=asked.public_id)
    posting.edit(posted.comment.public_id, "You idiot.", user=cast.rita)
    card = queue.card(posted.comment.public_id, [cast.site])
    assert (card.status, card.site_key, card.text) == ("pending", "harbour", "You idiot.")
    assert (card.parent_author, card.parent_excerpt) == ("Max", "A calm question?")
    assert (card.author.name, card.author.kind, card.author.pending) == ("Rita", "member", 1)
    assert [each.sentence for each in card.why] == [
        "insult 0.93; your limit is 0.80",
        "toxicity 0.95; your limit is 0.80",
    ]
    bars = {each.label: (each.value, each.limit) for each in card.scores}
    assert bars["insult"] == (0.93, 0.8)
    assert [(each.number, each.text) for each in card.revisions] == [(1, "First words.")]
    assert [(each.action, each.by) for each in card.decisions] == [("hold", None)]
    assert card.urgency[0] == "toxicity is far over the limit"
    assert card.permalink.startswith("https://news.example.org/2026/bridge#commentsvc=")
    assert card.severe  # the stub's 0.95 is this site's limit for blurring


def test_the_words_that_weighed_are_marked(cast: Cast) -> None:
    sites.set_policy(cast.site, {"suspect_words": ["ferry"]}, by=cast.olga)
    posted = post(cast.site, "Die Fähre, the ferry, you idiot!")
    card = queue.card(posted.comment.public_id, [cast.site])
    marked = {card.text[m.start : m.end]: m.label for m in card.marks}
    assert marked["ferry"] == "word"
    assert any("idiot" in words and label == "insult" for words, label in marked.items())


def test_reports_and_what_they_led_to(cast: Cast) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 3}, by=cast.olga)
    comment = post(cast.site, user=cast.max).comment
    flag(comment.public_id, user=cast.mona, reason="hate", note="Look at the end.")
    card = queue.card(comment.public_id, [cast.site])
    assert card.status == "pending"
    assert [(each.title, each.by, each.note) for each in card.flags] == [
        ("Hate", "Mona", "Look at the end.")
    ]
    assert card.why[0].sentence == "reports add up to 4.5; your limit is 3"


def test_undone_decisions_are_marked(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.").comment
    done = decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    undo(done.public_id, by=cast.olga)
    rows = queue.card(comment.public_id, [cast.site]).decisions
    assert [(each.action, each.by, each.undone, each.undoes) for each in rows] == [
        ("undo", "Olga", False, True),
        ("reject", "Mona", True, False),
        ("hold", None, False, False),
    ]


def test_a_page_costs_the_same_however_long(cast: Cast, count_queries: Callable) -> None:
    for number in range(12):
        comment = post(cast.site, f"You idiot {number}.", user=cast.rita).comment
        posting.edit(comment.public_id, f"You idiot, really {number}.", user=cast.rita)
    queue.page([cast.site, cast.other], "pending")  # sites are fresh, their policies known
    costs = []
    for limit in (2, 10):
        with count_queries() as seen:
            assert len(queue.page([cast.site, cast.other], "pending", limit=limit).items) == limit
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 8
    with count_queries() as seen:
        queue.counts([cast.site, cast.other])
    assert len(seen) == 1


def test_a_broken_explanation_hides_no_card(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from commentsvc.toxicity.backends.stub import StubScorer

    def broken(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(StubScorer, "explain", broken)
    posted = post(cast.site, "You idiot, nobody else.")
    assert queue.card(posted.comment.public_id, [cast.site]).marks == []


def test_the_job_explains_so_that_the_page_need_not(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from commentsvc.toxicity.backends.stub import StubScorer

    posted = post(cast.site, "Explained by a job, you idiot.")
    work()
    monkeypatch.setattr(StubScorer, "explain", lambda *_: pytest.fail("asked again"))
    card = queue.card(posted.comment.public_id, [cast.site])
    assert [(card.text[m.start : m.end], m.label) for m in card.marks] == [("idiot", "insult")]


@pytest.mark.parametrize("seconds", [0.0, 60.0])
@pytest.mark.parametrize("order", ["urgent", "newest", "oldest"])
def test_a_long_search_goes_on_on_the_next_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, order: str, seconds: float
) -> None:
    """At once, while there is time and none was found."""
    monkeypatch.setattr(queue, "MOST_SEARCHED", 3)
    monkeypatch.setattr(queue, "SEARCHES_ON_FOR", seconds)
    sites.set_policy(cast.other, {"slow_seconds": 0}, by=cast.max)
    wanted = []
    for number in range(12):
        text = "I will kill you" if number in (0, 1, 10) else "You idiot."
        site, href = (cast.site, HREFS[1]) if number % 2 else (cast.other, HREFS[0])
        posted = post(site, f"{text} {number}", href=href)
        if number in (0, 1, 10):
            wanted.append(posted.comment.public_id)
    found, after, pages = [], None, 0
    filters = Filters(label="threat", at_least=0.8)
    while pages == 0 or after:
        page = queue.page(
            [cast.site, cast.other], "all", order=order, after=after, limit=2, filters=filters
        )
        found += [each.id for each in page.items]
        after, pages = page.next, pages + 1
        assert pages < 12
        assert page.items or seconds == 0.0 or not after
    assert sorted(found) == sorted(wanted) and pages > (2 if seconds == 0.0 else 1)


def test_a_rule_s_flag_is_no_report(cast: Cast) -> None:
    """Published by a rule and flagged by one: neither approved by anybody nor reported."""
    rude = post(cast.site, "What rubbish.", user=cast.rita).comment
    assert ids(cast, "reported") == [rude.public_id]
    (card,) = queue.page([cast.site], "reported").items
    assert card.author.flags == 0
    assert people.one(cast.rita.public_id, [cast.site]).record.flags == 0
    flag(rude.public_id, reason="spam", user=cast.max)
    flag(rude.public_id, reason="spam", user=None, network="n")
    (card,) = queue.page([cast.site], "reported").items
    assert card.author.flags == 2
    assert people.one(cast.rita.public_id, [cast.site]).record.flags == 2


def test_a_report_waits_since_it_came_in(cast: Cast) -> None:
    """An old comment that was reported now is not urgent for its age: in words and in the order."""
    with clock.frozen(NOON - timedelta(days=3)):
        old = post(cast.site, "A calm word.").comment
    with clock.frozen(NOON - timedelta(hours=5)):
        first = post(cast.site, "Another calm word.").comment
        flag(first.public_id, reason="spam", user=cast.max)
    with clock.frozen(NOON - timedelta(minutes=3)):
        flag(old.public_id, reason="spam", user=cast.max)
    with clock.frozen(NOON):
        cards = queue.page([cast.site], "reported").items
    assert [each.id for each in cards] == [first.public_id, old.public_id]
    assert "waiting 3 minutes" in cards[1].urgency and "waiting 5 hours" in cards[0].urgency
