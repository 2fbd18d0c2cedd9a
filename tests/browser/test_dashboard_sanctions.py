"""In a real browser: a sanction from a card by keys, on to the next card; messages wherever one is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.moderation.cases.sanctions import history
from commentsvc.sites.commands import set_policy
from tests.browser.conftest import status
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
QUEUE = "/dashboard/?order=oldest"


@pytest.fixture
def waiting(people: Cast) -> list[str]:
    """Public ids in the order of the page: Rita's, Kim's, Rita's again, Jo's."""
    set_policy(people.site, {"slow_seconds": 0}, by=people.olga)
    made = [
        post(people.site, "You idiot.", user=people.rita),
        post(people.site, "You idiot, says Kim.", name="Kim"),
        post(people.site, "You idiot, again.", user=people.rita),
        post(people.site, "You idiot, says Jo.", name="Jo"),
    ]
    return [each.comment.public_id for each in made]


def focused(page: Page) -> str | None:
    found: str | None = page.evaluate("document.activeElement.closest('.card')?.dataset.id ?? null")
    return found


def test_it_works(open_as: Open, waiting: list[str]) -> None:
    """b, the reason's number, Enter: banned, nothing of theirs waits, and the next card is meant."""
    page = open_as("mona", QUEUE)
    page.keyboard.press("j")
    assert focused(page) == waiting[0]
    page.keyboard.press("b")
    expect(page.locator(".sanction [name=reason]")).to_be_focused()
    expect(page.locator("[name=length][value=forever]")).to_be_checked()
    expect(page.locator("[name=reject_waiting]")).to_be_checked()
    # here a number is a reason: none stands beside a length, and a ban has no last day
    expect(page.locator(".lengths kbd").first).not_to_be_visible()
    expect(page.locator(".digits")).to_have_text("1–9")
    # whose form it is, and what goes with a ban, without scrolling
    expect(page.locator("summary", has_text="Sanction Rita")).to_be_in_viewport()
    expect(page.get_by_text("their 2 comments waiting")).to_be_in_viewport()
    expect(page.locator(".sanction [name=until]")).not_to_be_visible()
    bar = "document.querySelector('.drawer header').getBoundingClientRect().bottom"
    top = "document.querySelector('.sanction').closest('details').getBoundingClientRect().top"
    assert page.evaluate(f"{top} >= {bar} - 1")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("2 waiting comments were rejected too")
    expect(page.locator("#cards .card")).to_have_count(2)
    assert [status(each) for each in waiting] == ["rejected", "pending", "rejected", "pending"]
    expect(page.locator(".toast button")).to_have_text("Undo u")
    expect(page.locator(".toast .num")).to_have_text(re.compile(r"\d+ s"))
    expect(page.locator(".toast")).to_be_in_viewport()
    page.keyboard.press("u")
    expect(page.locator("#announcer")).to_contain_text("Undone")
    assert page.url.endswith(QUEUE)
    expect(page.locator("#cards .card")).to_have_count(4)
    assert [status(each) for each in waiting] == ["pending"] * 4


def test_a_suspension_by_numbers(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", QUEUE, viewport={"width": 1280, "height": 500}, reduced_motion="reduce")
    for _ in "jj":
        page.keyboard.press("j")
    top = page.locator(f"#c-{waiting[1]}").evaluate("each => each.getBoundingClientRect().top")
    page.keyboard.press("h")
    expect(page.locator('[name=length][value="1"]')).to_be_focused()
    expect(page.locator(".lengths kbd").first).to_be_visible()
    expect(page.locator(".digits")).to_be_hidden()
    page.keyboard.press("2")
    expect(page.locator('[name=length][value="7"]')).to_be_checked()
    expect(page.locator(".sanction [name=reason]")).to_be_focused()
    expect(page.locator(".digits")).to_be_visible()
    expect(page.locator("[name=reject_waiting]")).not_to_be_checked()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator(f"#c-{waiting[2]}")).to_be_focused()
    assert status(waiting[1]) == "pending"
    # the next card stands where the last one was, and the message can be seen there
    stands = page.locator(f"#c-{waiting[2]}").evaluate("each => each.getBoundingClientRect().top")
    assert abs(stands - top) < 3
    expect(page.locator(".toast")).to_contain_text("Kim")
    expect(page.locator(".toast")).to_be_in_viewport()
    page.locator(".toast button", has_text="Undo").click()
    expect(page.locator("#announcer")).to_contain_text("Undone")
    assert page.url.endswith(QUEUE)
    expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()


def test_trust_asks_for_no_reason(open_as: Open, people: Cast, waiting: list[str]) -> None:
    """t, Enter: in the drawer and on the person's page."""
    page = open_as("mona", QUEUE, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("t")
    form = page.locator(".drawer form.sanction")
    expect(form.locator("button.primary")).to_be_focused()
    expect(form.locator("[name=reason]")).to_be_hidden()
    page.keyboard.press("2")  # no reason has a number here
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Rita")
    rows = history(people.rita, [people.site])
    assert [(row.kind, row.reason) for row in rows] == [("trust", None)]
    page.goto(f"{page.url.partition('/dashboard')[0]}/dashboard/comments/{waiting[0]}")
    page.keyboard.press("t")
    page.wait_for_url("**/dashboard/people/*")
    form = page.locator("form.sanction")
    expect(form.locator("button.primary")).to_be_focused()
    form.get_by_text("Warn", exact=True).check()
    expect(form.locator("[name=reason]")).to_be_visible()
    form.get_by_text("End trust", exact=True).check()
    expect(form.locator("[name=reason]")).to_be_hidden()


def test_nothing_done_leads_back_to_the_same_card(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", QUEUE)
    for _ in "jj":
        page.keyboard.press("j")
    page.keyboard.press("w")
    expect(page.locator("[name=reason]:focus")).to_be_visible()
    expect(page.locator("[name=length]").first).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()


def test_what_a_form_did_is_seen_wherever_one_is(open_as: Open, people: Cast) -> None:
    """On a long page the message at its top is out of sight; one stays where one was, with the focus."""
    set_policy(people.site, {"undo_seconds": 0}, by=people.olga)
    for number in range(6):
        post(people.site, f"You idiot, {number}.", name="Kim")
    first = post(people.site, "You idiot.", user=people.rita).comment.public_id
    page = open_as(
        "olga",
        f"/dashboard/people/{people.rita.public_id}",
        viewport={"width": 1280, "height": 400},
    )
    opener = page.locator("summary", has_text="Sanction Rita")
    opener.click()
    form = page.locator("form.sanction")
    form.get_by_text("Trust", exact=True).check()
    form.locator("button.primary").click()
    expect(page.locator(".toast")).to_contain_text("Rita")
    assert page.evaluate("scrollY") > 100
    expect(page.locator(".notice.told")).not_to_be_in_viewport()
    expect(opener).to_be_focused()
    expect(page.locator(".toast")).to_have_count(0, timeout=30_000)  # good news goes by itself
    # a plain form too: on a comment's own page
    page.goto(page.url.partition("/dashboard")[0] + f"/dashboard/comments/{first}")
    close = page.get_by_role("button", name="Close the conversation")
    close.scroll_into_view_if_needed()
    close.click()
    expect(page.get_by_role("button", name="Reopen the conversation")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("The conversation is closed")


def test_by_mouse_as_by_key(open_as: Open, waiting: list[str]) -> None:
    """A digit is what the hint beside it says, wherever the choice before was made."""
    page = open_as("mona", QUEUE)
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.locator(".drawer summary", has_text="Sanction Rita").click()
    form = page.locator(".drawer .sanction")
    lengths, digits = form.locator(".lengths kbd").first, form.locator(".digits")
    form.get_by_role("radio", name="Ban").check()
    expect(form.locator("[name=length][value=forever]")).to_be_checked()
    expect(form.locator("[name=reject_waiting]")).to_be_checked()
    expect(lengths).to_be_hidden()
    choice = form.locator(".lengths label").first
    dot, words = (choice.locator(each).bounding_box() for each in ("input", "span"))
    assert dot and words and words["x"] - dot["x"] - dot["width"] <= 12  # no hole where its key was
    expect(digits).to_be_visible()
    page.keyboard.press("2")
    expect(form.get_by_role("radio", name="Ban")).to_be_checked()
    expect(form.locator("[name=reject_waiting]")).to_be_checked()
    expect(form.locator("[name=reason] option:checked")).to_have_attribute("data-key", "2")
    form.get_by_role("radio", name="Suspend").check()
    expect(form.locator("[name=length]:checked")).to_have_count(0)
    expect(lengths).to_be_visible()
    expect(digits).to_be_hidden()
    page.keyboard.press("3")
    expect(form.locator("[name=length][value='30']")).to_be_checked()
    form.locator("[name=length][value='7']").check()
    expect(lengths).to_be_hidden()
    expect(digits).to_be_visible()
    page.keyboard.press("1")
    expect(form.locator("[name=length][value='7']")).to_be_checked()
    expect(form.locator("[name=reason] option:checked")).to_have_attribute("data-key", "1")
