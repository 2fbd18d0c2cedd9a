"""Links: what a site allows, does not want, and has not seen yet; and how approvals change that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core.db import db
from commentsvc.moderation.commands import decide, undo
from commentsvc.moderation.models import Flag, KnownHost
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Revision
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.threads.models import Comment
    from tests.people import Cast

pytestmark = pytest.mark.engines
NEW = "The minutes are at https://council.example/minutes/3, page two."


def rules_of(comment: Comment) -> dict[str, str]:
    verdict = db.session.get_one(Revision, comment.revision_id).verdict or {}
    return {each["rule"]: each["action"] for each in verdict["findings"]}


def known() -> list[str]:
    return sorted(db.session.scalars(select(KnownHost.host)))


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    first = post(cast.site, NEW, user=cast.rita).comment
    assert (first.status, rules_of(first)) == ("published", {"first_link": "REVIEW"})
    flagged = select(func.count()).select_from(Flag).where(Flag.rule == "first_link")
    assert db.session.scalar(flagged) == 1
    decide(first.public_id, action="approve", by=cast.mona)
    work()
    assert known() == ["council.example"]
    again = post(cast.site, f"Once more: {NEW}", name="Guest of another day").comment
    assert "first_link" not in rules_of(again)


def test_an_approved_link_speaks_for_its_author(cast: Cast, work: Callable[[], int]) -> None:
    first = post(cast.site, NEW, user=cast.rita).comment
    decide(first.public_id, action="approve", by=cast.mona)
    work()
    other = "Here is another source: https://other.example/a"
    sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    assert "first_link" not in rules_of(post(cast.site, other, user=cast.rita).comment)
    assert "first_link" in rules_of(post(cast.site, other, name="Somebody").comment)


def test_undoing_an_approval_takes_the_host_back(cast: Cast, work: Callable[[], int]) -> None:
    first = post(cast.site, NEW, user=cast.rita).comment
    decision = decide(first.public_id, action="approve", by=cast.mona)
    work()
    undo(decision.public_id, by=cast.mona)
    work()
    assert known() == []
    decide(first.public_id, action="reject", reason="spam", by=cast.mona)
    work()
    assert known() == []


def test_another_site_does_not_know_the_host(cast: Cast, work: Callable[[], int]) -> None:
    first = post(cast.site, NEW, user=cast.rita).comment
    decide(first.public_id, action="approve", by=cast.mona)
    work()
    there = post(cast.other, NEW, href="https://mountain.example.net/a").comment
    assert "first_link" in rules_of(there)


def test_first_links_may_wait_or_be_nothing(cast: Cast) -> None:
    sites.set_policy(cast.site, {"first_link": "hold", "slow_seconds": 0}, by=cast.olga)
    assert post(cast.site, NEW, user=cast.rita).comment.status == "pending"
    sites.set_policy(cast.site, {"first_link": "off"}, by=cast.olga)
    assert rules_of(post(cast.site, f"Look. {NEW}").comment) == {}


@pytest.mark.parametrize("host", ["bad.example", "sub.bad.example", "bad[.]example", "BAD.example"])
@pytest.mark.parametrize("action", ["hold", "reject"])
def test_an_unwanted_host_is_held_or_rejected(cast: Cast, host: str, action: str) -> None:
    changes = {"denied_hosts": ["bad.example"], "denied_hosts_action": action}
    sites.set_policy(cast.site, changes, by=cast.olga)
    text = f"See http://{host}/page for this."
    comment = post(cast.site, text).comment
    assert comment.status == {"hold": "pending", "reject": "rejected"}[action]
    assert rules_of(comment)["denied_host"] == action.upper()


def test_allowed_hosts_are_not_counted(cast: Cast) -> None:
    sites.set_policy(cast.site, {"allowed_hosts": ["good.example"]}, by=cast.olga)
    text = " ".join(f"https://{name}.good.example/{name}" for name in ("a", "b", "c", "d"))
    assert rules_of(post(cast.site, f"All four say so: {text}").comment) == {}


def test_the_sites_own_pages_are_allowed(cast: Cast) -> None:
    text = " ".join(f"https://news.example.org/{name}" for name in ("a", "b", "c", "d"))
    assert rules_of(post(cast.site, f"All four say so: {text}").comment) == {}


def test_a_bare_link_waits_unless_its_host_is_allowed(cast: Cast) -> None:
    text = "https://good.example/offers?x=1&ref=me"
    assert rules_of(post(cast.site, text).comment)["spam"] == "HOLD"
    sites.set_policy(cast.site, {"allowed_hosts": ["good.example"]}, by=cast.olga)
    assert rules_of(post(cast.site, f"{text}&y=2").comment) == {}


def test_spam_waits_for_a_moderator_with_its_words(cast: Cast) -> None:
    text = "Best online casino, 200 free spins, sign up now at http://win-big.bet"
    comment = post(cast.site, text).comment
    assert (comment.status, rules_of(comment)["spam"]) == ("pending", "HOLD")
    verdict = db.session.get_one(Revision, comment.revision_id).verdict
    assert verdict is not None
    evidence = next(each for each in verdict["findings"] if each["rule"] == "spam")["evidence"]
    assert any("casino" in word.lower() for word in evidence["words"])
    assert [text[start:end] for start, end in evidence["spans"]] == evidence["words"]
