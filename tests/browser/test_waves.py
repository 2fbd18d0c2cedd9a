"""A wave in a real browser: gone in a few presses, and its next card comes when one is decided alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core.jobs import run_due
from commentsvc.sites import commands as sites
from tests.browser.conftest import status
from tests.browser.desk import four_held
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser

WHO = ("My sister", "My aunt", "A colleague", "My neighbor", "Grandma", "The postman")


@pytest.fixture
def wave(people: Cast) -> list[str]:
    """Six comments alike, and one of another kind."""
    sites.set_policy(people.site, {"premoderate_all": True}, by=people.olga)
    texts = [
        f"{who} had sore knees until the new Flexora drops came, ask for them now." for who in WHO
    ]
    made = [post(people.site, each, name=f"Guest {at}") for at, each in enumerate(texts)]
    made.append(post(people.site, "The ferry was late again, as every Monday this year."))
    ids = [each.comment.public_id for each in made]
    run_due()
    return ids


def test_it_works_by_keyboard_alone(open_as: Open, wave: list[str]) -> None:
    """Four presses: all of it is rejected, and the queue is there again."""
    page = open_as("mona")
    cards = page.locator("#cards .card")
    expect(cards).to_have_count(2)
    expect(cards.first.locator(".wave > summary")).to_contain_text("5 more like this")
    page.keyboard.press("j")
    page.keyboard.press("y")
    expect(cards.first.locator(".wave [name=reason]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(cards.first.locator(".wave[open]")).to_have_count(0)
    page.keyboard.press("y")
    page.keyboard.press("2")
    page.wait_for_url("**/dashboard/bulk/**")
    expect(page.locator("h1")).to_have_text("Reject 6 comments")
    go = page.locator(".save .danger")  # what it is about, and the button, at once
    expect(go).to_be_focused()
    expect(page.locator("h1")).to_be_in_viewport(ratio=1)
    expect(go).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]+/dashboard/$"))
    expect(cards).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("Reject 6 comments · Done")
    assert {status(each) for each in wave[:6]} == {"rejected"} and status(wave[6]) == "pending"
    page.keyboard.press("j")
    page.keyboard.press("y")
    expect(page.locator(".toast")).to_have_text("No other waiting comments are like this one.")


def test_one_at_a_time_passes_all_of_it(open_as: Open, wave: list[str]) -> None:
    page = open_as("mona", reduced_motion="reduce")
    page.keyboard.press("z")
    expect(page.locator("#position")).to_have_text("1 of 7")
    page.keyboard.press("j")
    expect(page.locator("#position")).to_have_text("7 of 7")


def test_selecting_all_cards_counts_all_of_it(open_as: Open, wave: list[str]) -> None:
    """What the bar says is what the preview says, and what the undo brings back."""
    page = open_as("mona", reduced_motion="reduce")
    cards, bar = page.locator("#cards .card"), page.locator("#selected")
    expect(cards).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("6 comments selected")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(bar).to_contain_text("7 comments selected")
    page.keyboard.press("2")
    page.wait_for_url("**/dashboard/bulk/**")
    expect(page.locator("h1")).to_have_text("Reject 7 comments")
    page.locator(".save .danger").press("Enter")
    page.wait_for_url(re.compile(r"^[^?]+/dashboard/$"))
    expect(page.locator(".toast")).to_contain_text("Reject 7 comments · Done")
    assert {status(each) for each in wave} == {"rejected"}
    page.keyboard.press("u")
    expect(cards).to_have_count(2)
    assert {status(each) for each in wave} == {"pending"}


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_the_next_of_a_wave_takes_the_place_of_one_that_is_decided_alone(
    open_as: Open, wave: list[str], order: str
) -> None:
    """And when that is undone, the wave is one card again, in its place."""
    page = open_as("mona", f"/dashboard/?order={order}", reduced_motion="reduce")
    shown = [wave[0], wave[6]] if order == "oldest" else [wave[6], wave[0]]
    assert ids(page) == shown
    with page.expect_response("**like=*"):
        page.locator(f"#c-{wave[0]}").focus()
    for at in range(2):
        top = place(page, wave[at])
        press(page, "f", wave[at + 1])
        assert place(page, wave[at + 1]) == pytest.approx(top, abs=1)
        left = f"{4 - at} more like this"
        expect(page.locator(f"#c-{wave[at + 1]} .wave > summary")).to_contain_text(left)
        assert ids(page) == [each if each == wave[6] else wave[at + 1] for each in shown]
    href = page.locator(f"#c-{wave[2]} .name").get_attribute("href")
    assert href and "like=" not in href
    assert [status(each) for each in wave[:3]] == ["published", "published", "pending"]
    for at in (1, 0):
        press(page, "u", wave[at])
        assert ids(page) == [each if each == wave[6] else wave[at] for each in shown]
    page.keyboard.press("3")
    expect(page.locator(f"#c-{wave[1]}")).to_be_focused()
    page.reload()
    expect(page.locator(f"#c-{wave[1]}")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(f"#c-{wave[0]} .wave > summary")).to_contain_text("5 more like this")
    assert ids(page) == shown


def test_the_rest_of_a_wave_is_counted_again(open_as: Open, wave: list[str]) -> None:
    """On the other cards of its list, and on its card in the queue after an undo there."""
    page = open_as("mona", "/dashboard/", reduced_motion="reduce")
    summary = page.locator("#cards .wave > summary")
    expect(summary.first).to_contain_text("5 more like this")
    page.locator("#cards .wave").first.evaluate("each => { each.open = true }")
    page.get_by_role("link", name="Show", exact=True).first.press("Enter")
    expect(summary).to_have_count(6)
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(summary.filter(has_text="4 more like this")).to_have_count(5)
    page.go_back()
    expect(summary.first).to_contain_text("4 more like this")
    page.keyboard.press("u")
    expect(summary.first).to_contain_text("5 more like this")
    expect(page.locator("#cards .card")).to_have_count(2)


def ids(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#cards .card')].map((each) => each.dataset.id)"
    )
    return found


def place(page: Page, card: str) -> float:
    box = page.locator(f"#c-{card}").bounding_box()
    assert box is not None
    return box["y"]


def press(page: Page, key: str, then: str) -> None:
    """Press a key, and wait until this card is current and what it asked for has come."""
    page.keyboard.press(key)
    expect(page.locator(f"#c-{then}")).to_be_focused()
    page.wait_for_load_state("networkidle")


def test_a_search_brings_no_card_that_does_not_match(open_as: Open, wave: list[str]) -> None:
    """The next of the wave that matches takes the place of one that is decided alone."""
    page = open_as("mona", "/dashboard/?q=My", reduced_motion="reduce")
    first, *others = [each for at, each in enumerate(wave[:6]) if WHO[at].startswith("My ")]
    assert len(others) == 2
    cards = page.locator("#cards .card")
    expect(cards.locator(".wave > summary")).to_contain_text("this filter shows 3 of 6")
    page.keyboard.press("j")
    for public_id in (first, *others):
        expect(cards).to_have_count(1)
        expect(page.locator(f"#c-{public_id}")).to_be_focused()
        with page.expect_response("**/decisions"):
            page.keyboard.press("2")
        assert status(public_id) == "rejected"
    expect(cards).to_have_count(0)
    assert [status(each) for each in wave].count("rejected") == 3


def test_the_last_of_an_author_stays(open_as: Open, people: Cast) -> None:
    """When nothing else by the author waits, the offer goes, and not the card."""
    ids = four_held(people)
    page = open_as("mona", "/dashboard/?order=oldest", reduced_motion="reduce")
    last = page.locator(f"#c-{ids[2]}")
    expect(last.locator("summary [data-by-author]")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(last.locator("summary [data-by-author]")).to_be_hidden()
    expect(last).to_be_visible()


def test_the_rest_of_an_author_is_counted_again(open_as: Open, people: Cast) -> None:
    """On their other cards, when a decision is undone after coming back to the queue."""
    one, _, other, _ = four_held(people)
    page = open_as("mona", "/dashboard/?order=oldest", reduced_motion="reduce")
    summary = page.locator(f"#c-{other} .wave > summary [data-by-author]")
    expect(summary).to_contain_text("1 more by this author")
    page.locator(f"#c-{one}").focus()
    page.keyboard.press("f")
    expect(summary).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/appeals**")
    page.go_back()
    expect(page.locator("#cards .card")).to_have_count(3)
    page.keyboard.press("u")
    expect(page.locator("#cards .card")).to_have_count(4)
    expect(summary).to_be_visible()
    expect(summary).to_contain_text("1 more by this author")


@pytest.mark.parametrize(("presses", "at"), [(1, 0), (3, 2)])
def test_undone_it_is_left_where_it_was_decided(
    open_as: Open, people: Cast, presses: int, at: int
) -> None:
    """At the card that was current then, be it the first of them or the last."""
    ids = four_held(people)
    page = open_as("mona", "/dashboard/?order=oldest", reduced_motion="reduce")
    for key in (*"j" * presses, "y", "3"):
        page.keyboard.press(key)
    page.wait_for_url("**/dashboard/bulk/**")
    expect(page.locator(".save .danger")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#cards .card")).to_have_count(2)
    expect(page.locator(".toast")).to_contain_text("Reject 2 comments · Done")
    page.keyboard.press("u")
    expect(page.locator("#cards .card")).to_have_count(4)
    expect(page.locator(f"#c-{ids[at]}")).to_be_focused()
