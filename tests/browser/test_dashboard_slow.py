"""On a slow server, a message says at once what is being done, and what is being undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.moderation.commands import decide
from tests.browser.conftest import status
from tests.browser.desk import four_held, told
from tests.browser.held import Held

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
QUEUE = "/dashboard/?order=oldest"
#: keys -> what is said before the answer, and after it
SAID = {
    "f": ("Approved.", "Approved."),
    "2": ("Rejected: Abusive.", "Rejected: Abusive."),
    "d 3": ("Rejected: Spam.", "Rejected: Spam."),
    "q 2": ("Rejected: Abusive.", "Rita is banned."),
    "e": ("Approved. Featured.", "Approved. Featured."),
    "r H i Control+Enter": ("Approved. Reply published.", "Approved. Reply published."),
}
LISTEN = """window.heard = []; new MutationObserver(() => {
    const said = document.getElementById('announcer').textContent; if (said) heard.push(said);
}).observe(document.getElementById('announcer'), { childList: true });"""


def press(page: Page, keys: str) -> None:
    for each in keys.split():
        page.keyboard.press(each)


@pytest.mark.parametrize("place", ["queue", "own"])
@pytest.mark.parametrize("keys", SAID)
def test_it_works(open_as: Open, people: Cast, keys: str, place: str) -> None:
    """The message stays where it is, gets its seconds once it is answered, and is read out once."""
    one, *_ = four_held(people)
    page = open_as("mona", QUEUE if place == "queue" else f"/dashboard/comments/{one}")
    page.evaluate(LISTEN)
    toast, late = page.locator(".toast"), Held(page, "**/decisions", "**/ban")
    press(page, f"j {keys}")
    before, after = SAID[keys]
    expect(toast).to_have_attribute("aria-busy", "true")
    expect(toast.locator("span").first).to_have_text(before)
    expect(toast.locator(".num")).to_have_count(0)
    expect(toast.get_by_role("button", name="Undo")).to_be_visible()
    assert page.evaluate("heard") == []
    toast.evaluate("each => { each.dataset.same = '' }")
    late.let_go()
    expect(toast.locator(".num")).to_be_visible()
    expect(toast).not_to_have_attribute("aria-busy", "true")
    expect(toast).to_contain_text(after)
    expect(toast).to_have_attribute("data-same", "")
    expect(page.locator("#announcer")).to_contain_text(after)
    assert sum(after in each for each in page.evaluate("heard")) == 1


#: the same for what leaves a published comment where it is, with what is said when it is undone
STAYS = {
    "e": ("Featured.", "Undone."),
    "r H i Control+Enter": ("Reply published.", "Reply deleted."),
    "l": ("The conversation is closed.", "The conversation is open again."),
}


@pytest.mark.parametrize("place", ["queue", "own"])
@pytest.mark.parametrize("keys", STAYS)
def test_what_stays_where_it_is(open_as: Open, people: Cast, keys: str, place: str) -> None:
    """Undone before it is answered, it is undone as soon as it is; an earlier act is not."""
    one, other, *_ = four_held(people)
    for each in (one, other):
        decide(each, action="approve", by=people.mona)
    page = open_as(
        "mona", "/dashboard/?queue=all" if place == "queue" else f"/dashboard/comments/{one}"
    )
    page.locator(f"#c-{one}").focus()
    toast, late = (
        page.locator(".toast"),
        Held(page, "**/decisions", "**/api/v1/comments", "**/threads/*/closed"),
    )
    press(page, keys)
    said, undone = STAYS[keys]
    expect(toast).to_have_attribute("aria-busy", "true")
    expect(toast).to_contain_text(said)
    late.wait()
    press(page, "u")
    expect(toast.locator("button")).to_have_text("Undoing")
    late.let_go()
    expect(page.locator("#announcer")).to_contain_text(undone)
    expect(toast).not_to_have_attribute("aria-busy", "true")
    press(page, keys)
    told(page, said)


@pytest.mark.parametrize("place", ["queue", "own"])
def test_undo_before_it_is_answered(open_as: Open, people: Cast, place: str) -> None:
    """It shows at once that it is under way, and is carried out when that can be."""
    one, *_ = four_held(people)
    page = open_as("mona", QUEUE if place == "queue" else f"/dashboard/comments/{one}")
    toast, late = page.locator(".toast"), Held(page, "**/decisions", "**/undo")
    press(page, "j 2")
    expect(toast).to_contain_text("Rejected: Abusive.")
    press(page, "u")
    expect(toast.locator("button")).to_have_text("Undoing")
    expect(toast).to_contain_text("Rejected: Abusive.")
    late.let_go()
    expect(toast).to_have_count(0)
    expect(page.locator("#announcer")).to_contain_text("Undone")
    expect(page.locator(f"#c-{one}")).to_be_focused()
    assert status(one) == "pending"


def test_a_reply_that_is_refused(open_as: Open, people: Cast) -> None:
    """Its form opens again with the text, if one has not gone on."""
    one, *_ = four_held(people)
    decide(one, action="approve", by=people.mona)
    page = open_as("mona", f"/dashboard/comments/{one}")
    late, text = Held(page, "**/api/v1/comments"), page.locator(".reply-form textarea")
    press(page, "r H i Control+Enter")
    expect(text).to_be_hidden()
    late.wait()
    late.routes[0].fulfill(status=500, body="")
    expect(page.locator(".toast")).to_contain_text("Something went wrong")
    expect(text).to_be_focused()
    expect(text).to_have_value("Hi")


def test_what_is_refused(open_as: Open, people: Cast) -> None:
    """It says why instead; and one after the other, the message is about the latest."""
    four_held(people)
    page = open_as("mona", QUEUE)
    toast, late = page.locator(".toast"), Held(page, "**/decisions")
    press(page, "j 2 f")
    expect(toast).to_contain_text("Approved.")
    late.wait(2)
    late.routes[0].continue_()
    expect(page.locator("#announcer")).to_contain_text("Rejected: Abusive.")
    expect(toast).to_contain_text("Approved.")
    expect(toast).to_have_attribute("aria-busy", "true")
    late.routes[1].fulfill(status=500, body="")
    expect(toast).to_contain_text("Something went wrong")
    expect(toast.locator("button")).to_have_text("Close")  # nothing to undo
    expect(toast).not_to_have_attribute("aria-busy", "true")


def test_an_error_is_not_hidden_by_the_next_success(open_as: Open, people: Cast) -> None:
    """It can be read before Undo is offered, and the card says it as long as it stays."""
    one, *_ = four_held(people)
    page = open_as("mona", QUEUE)
    toast, late = page.locator(".toast"), Held(page, "**/decisions")
    press(page, "j f f")
    late.wait(2)
    late.routes[0].fulfill(status=500, body="")
    expect(toast).to_contain_text("Something went wrong")
    late.routes[1].continue_()
    expect(page.locator("#announcer")).to_contain_text("Approved.")
    expect(toast).to_contain_text("Something went wrong")
    expect(page.locator(f"#c-{one} .outcome")).to_contain_text("Something went wrong")
    expect(toast).to_contain_text("Approved.")
    expect(page.locator(f"#c-{one} .outcome")).to_contain_text("Something went wrong")
