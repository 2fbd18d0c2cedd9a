"""The drawer beside the queue: who wrote a card, and what is done about them without leaving the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from commentsvc.posting.commands import edit
from commentsvc.sites.queries import role_of
from tests.browser.axe import serious
from tests.browser.conftest import status
from tests.browser.desk import four_held, told
from tests.browser.held import Held
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
QUEUE = "/dashboard/?order=oldest"


@pytest.fixture
def waiting(people: Cast) -> list[str]:
    """Four held comments, two of them by Rita, after one of hers that is published."""
    calm = post(people.site, "A **calm** word.", user=people.rita).comment
    edit(calm.public_id, "A calmer word.", user=people.rita)
    return four_held(people)


@pytest.mark.parametrize("locale", ["en", "de", "fr"])
def test_the_tools_beside_it_stand_in_one_row(
    open_as: Open, waiting: list[str], locale: str
) -> None:
    page = open_as("mona", QUEUE, viewport={"width": 1280, "height": 800}, locale=locale)
    press(page, "j", "n")
    expect(page.locator("#drawer")).to_be_focused()
    rows = "all => all.map(each => Math.round(each.getBoundingClientRect().bottom / 8))"
    assert len(set(page.locator(".tools > *").evaluate_all(rows))) == 1
    names = [page.locator(".filters > summary"), page.locator(".tools [data-action=single]")]
    assert all("".join(filter(str.isalpha, each.inner_text())) for each in names)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_it_works(open_as: Open, people: Cast, waiting: list[str]) -> None:
    """`n` shows the person; `j` moves on, and the drawer with it; Escape leads back to the card."""
    page = open_as("mona", QUEUE, viewport={"width": 1280, "height": 800})
    drawer, card = page.get_by_role("complementary", name="Author"), page.locator(".card")
    press(page, "j", "r")
    page.keyboard.type("Please stay friendly.")
    press(page, "Escape", "n")
    expect(drawer).to_be_focused()
    expect(drawer.get_by_role("heading", name="Rita")).to_be_visible()
    expect(drawer.locator("[data-figure=pending]")).to_have_text("2")
    expect(drawer.locator(".conversation")).to_contain_text("this comment")
    theirs = drawer.locator(".theirs li")
    expect(theirs).to_have_count(3)
    drawer.get_by_text("1 earlier version").press("Enter")
    expect(theirs.last).to_contain_text("A calm word.")
    drawer.get_by_role("link", name="Pending", exact=True).press("Enter")
    expect(theirs).to_have_count(2)
    press(page, "j")
    expect(drawer.get_by_role("heading", name="P1")).to_be_visible()
    expect(card.nth(1)).to_be_focused()
    press(page, "Escape")
    expect(drawer).to_be_hidden()
    expect(card.nth(1)).to_be_focused()
    card.nth(0).locator(".name").click()  # by mouse too; nothing that was typed is lost
    expect(drawer.get_by_role("heading", name="Rita")).to_be_visible()
    press(page, "Escape", "r")
    expect(page.get_by_label("Your reply")).to_have_value("Please stay friendly.")
    assert page.url.endswith(QUEUE)


def test_on_a_phone(open_as: Open, waiting: list[str]) -> None:
    """It lies over the queue; nothing in it is wide, and axe-core finds nothing serious."""
    phone = {"width": 360, "height": 740}
    page = open_as("mona", QUEUE, viewport=phone, color_scheme="dark", bypass_csp=True)
    page.locator(".card .name").first.click()
    drawer = page.locator(".drawer")
    expect(drawer.locator("h2", has_text="Rita")).to_be_visible()
    assert drawer.bounding_box() == {"x": 0, "y": 0, **phone}
    drawer.get_by_text("Sanction Rita").click()
    assert drawer.evaluate("each => each.scrollWidth") <= 360
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert serious(page) == []
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_be_hidden()


def test_a_spammer_is_banned_by_three_keys(open_as: Open, people: Cast, waiting: list[str]) -> None:
    """However fast; all that waits goes with it, and one undo brings it back."""
    page = open_as("mona", QUEUE, viewport={"width": 1280, "height": 800})
    asked: list[Route] = []
    page.route("**/drawer?**", lambda route: asked.append(route))
    with page.expect_request("**/drawer?**"):
        press(page, "j", "b")
    press(page, "3", "Enter")  # before the form is there
    asked.pop().continue_()
    expect(page.locator("[data-count=pending]")).to_have_text("2")
    expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()
    expect(page.locator(".drawer")).to_be_hidden()
    assert [status(each) for each in waiting] == ["rejected", "pending", "rejected", "pending"]
    assert role_of(people.rita, people.site) == "banned"
    page.unroute("**/drawer?**")
    press(page, "u")
    expect(page.locator("#announcer")).to_contain_text("4 left")
    expect(page.locator(f"#c-{waiting[0]}")).to_be_focused()
    assert [each.get_attribute("data-id") for each in page.locator(".card").all()] == waiting
    assert [status(each) for each in waiting] == ["pending"] * 4
    assert role_of(people.rita, people.site) == "reader"
    # what is missing is said at its field, and what was typed stays while one looks at somebody else
    press(page, "w")
    page.locator("[name=kind][value=warn]").focus()
    press(page, "2")  # in the form a number never decides the card
    expect(page.locator(".sanction [name=reason]")).not_to_have_value("")
    page.locator(".sanction [name=reason]").select_option("")
    message = page.get_by_label("Message to the person")
    message.fill("Be kind.")
    page.locator(".sanction .primary").click()
    expect(page.locator(".drawer .error")).to_be_visible()
    page.locator(f"#c-{waiting[1]}").focus()
    expect(page.locator(".drawer h2", has_text="P1")).to_be_visible()
    press(page, "k")
    expect(page.locator(".drawer h2", has_text="Rita")).to_be_visible()
    page.locator(".drawer summary", has_text="Sanction Rita").press("Enter")
    expect(message).to_have_value("Be kind.")


def test_an_undo_that_comes_late_leaves_the_form_alone(open_as: Open, waiting: list[str]) -> None:
    """Its digits are for the form, even when the card of the undone decision is back."""
    page = open_as("mona", QUEUE, viewport={"width": 1280, "height": 800})
    press(page, "j", "f")
    told(page, "Approved.")
    undo = Held(page, "**/undo")
    press(page, "u", "w")
    undo.wait()
    reason = page.locator("#drawer .sanction [name=reason]")
    expect(reason).to_be_focused()
    undo.let_go()
    expect(page.locator(f"#c-{waiting[0]}")).to_have_count(1)
    expect(page.locator(".toast")).to_have_count(0)
    expect(reason).to_be_focused()
    press(page, "3")
    expect(reason).to_have_value("spam")
    expect(page.locator(".card")).to_have_count(4)


@pytest.mark.parametrize("opened", ["w", "h", "mouse"])
def test_escape_closes_the_innermost_first(open_as: Open, waiting: list[str], opened: str) -> None:
    """The form that was opened in the drawer, then the drawer; its text is kept."""
    page = open_as("mona", QUEUE, viewport={"width": 1280, "height": 800})
    drawer, form = page.locator(".drawer"), page.locator(".drawer .sanction")
    press(page, "j", "n")
    expect(drawer).to_be_focused()
    summary = page.locator(".drawer summary", has_text="Sanction Rita")
    if opened == "mouse":
        summary.click()
        page.locator(".drawer .sanction [name=message]").focus()
    else:
        press(page, opened)
        expect(form.locator("[autofocus]")).to_be_focused()
    form.locator("[name=message]").fill("Please be kind.")
    press(page, "Escape")
    expect(form).to_be_hidden()
    expect(drawer).to_be_focused()
    press(page, "j", "k")  # keys go on from its card
    expect(page.locator(f"#c-{waiting[0]}")).to_be_focused()
    press(page, "w")
    expect(form.locator("[name=message]")).to_have_value("Please be kind.")
    press(page, "Escape")
    expect(form).to_be_hidden()
    press(page, "Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator(f"#c-{waiting[0]}")).to_be_focused()
    press(page, "w")  # both at once, by one key
    expect(form.locator("[name=reason]")).to_be_focused()
    press(page, "Escape")
    expect(drawer).to_be_hidden()
