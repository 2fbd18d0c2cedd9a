"""Sharing the work by keyboard: claims that others skip, saved filters, earlier decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core import clock
from commentsvc.core.jobs import run_due
from commentsvc.moderation.commands import decide
from commentsvc.moderation.sharing import claims
from commentsvc.moderation.sharing import filters as saving
from commentsvc.sites import commands as sites
from tests.factories import post

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser

TEXTS = (
    "The harbourmaster closed the lighthouse again.",
    "A lighthouse without a harbourmaster is closed.",
    "Closed again: what does the harbourmaster do at the lighthouse?",
)


@pytest.fixture
def waiting(people: Cast) -> list[str]:
    """Three comments that wait, after one alike that was decided long ago."""
    sites.set_policy(people.site, {"premoderate_all": True, "slow_seconds": 0}, by=people.olga)
    with clock.frozen(clock.now() - timedelta(hours=1)):
        before = post(
            people.site, "The harbourmaster of the closed lighthouse.", name="Old"
        ).comment
        decide(before.public_id, action="approve", by=people.olga)
        run_due()
    made = [post(people.site, text, name=f"Guest {at}") for at, text in enumerate(TEXTS)]
    run_due()
    return [each.comment.public_id for each in made]


def top(page: Page, card: str) -> float:
    box = page.locator(f"#c-{card}").bounding_box()
    assert box
    return box["y"]


def test_it_works(open_as: Open, people: Cast, waiting: list[str]) -> None:
    """Mona claims the second card; Olga's keys pass it by, and nothing moves."""
    page = open_as("mona", "/dashboard/?order=oldest")
    first, second = page.locator(f"#c-{waiting[0]}"), page.locator(f"#c-{waiting[1]}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(second).to_be_focused()
    stood = top(page, waiting[1]), top(page, waiting[2])
    page.keyboard.press(",")
    expect(second.locator(".looking")).to_contain_text("Yours until")
    expect(second.locator(".claim-form")).to_contain_text("Release")
    assert (top(page, waiting[1]), top(page, waiting[2])) == stood
    expect(second).to_be_focused()
    olga = open_as("olga", "/dashboard/?order=oldest")
    expect(olga.locator(f"#c-{waiting[1]} .looking")).to_contain_text("Claimed by Mona")
    olga.keyboard.press("j")
    expect(olga.locator(f"#c-{waiting[0]}")).to_be_focused()
    olga.keyboard.press("j")
    expect(olga.locator(f"#c-{waiting[2]}")).to_be_focused()
    olga.keyboard.press("k")
    expect(olga.locator(f"#c-{waiting[0]}")).to_be_focused()
    page.keyboard.press(",")
    expect(second.locator(".looking")).to_have_count(0)
    assert claims.taken(waiting, [people.site]) == {}
    expect(first.locator(".claim-form")).to_contain_text("Claim")


def test_what_somebody_has_claimed_is_refused(
    open_as: Open, people: Cast, waiting: list[str]
) -> None:
    page = open_as("mona", "/dashboard/?order=oldest")
    claims.claim(waiting[0], by=people.olga)
    page.keyboard.press("j")
    page.keyboard.press(",")
    expect(page.locator("#toasts")).to_contain_text("Olga is already handling this comment.")


def test_earlier_decisions_and_filters_by_keyboard(
    open_as: Open, people: Cast, waiting: list[str]
) -> None:
    what = saving.Narrowed("pending", "newest", {"q": "without"})
    saving.save("Without", what, site=people.site, by=people.mona)
    page = open_as("mona", "/dashboard/?order=oldest")
    page.keyboard.press("j")
    near = page.locator(f"#c-{waiting[0]} .precedents")
    expect(near.locator("summary")).to_contain_text("Moderators approved 1 of 1 comment like this")
    page.keyboard.press(".")
    expect(near.locator("li")).to_contain_text("Olga")
    page.keyboard.press(".")
    expect(near.locator("li")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("1")
    expect(page.locator("#cards .card")).to_have_count(1)
    expect(page.locator(".saved [aria-current]")).to_contain_text("Without")
