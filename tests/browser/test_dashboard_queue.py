"""The queue in a real browser: by keyboard alone, undo, two moderators, what is veiled, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from commentsvc.moderation.commands import decide
from tests.browser.conftest import Open, Server, status
from tests.browser.desk import told
from tests.browser.test_moderators_day import look_again
from tests.factories import post
from tests.people import PASSWORD, Cast

pytestmark = pytest.mark.browser(sample=6)
both = pytest.mark.engines  # a line of a moderator's day


@pytest.fixture
def waiting(people: Cast) -> list[str]:
    """Public ids of three held comments, the most urgent first."""
    texts = ("I will kill you.", "You idiot, and again you idiot.", "What an idiot wrote this?")
    names = ("Kim", "Jo", "Sam")
    made = [
        post(people.site, text, name=name).comment for text, name in zip(texts, names, strict=True)
    ]
    rows = sorted(made, key=lambda each: (-each.urgency, -each.id))
    return [each.public_id for each in rows]


def focused(page: Page) -> str | None:
    return page.evaluate("document.activeElement.closest('.card')?.dataset.id ?? null")


@both
def test_signing_in_leads_to_what_is_most_urgent(
    page: Page, live: Server, people: Cast, waiting: list[str]
) -> None:
    """And a card says all that a decision needs."""
    asked = post(people.site, "Who decided on this bridge?", user=people.max).comment
    post(people.site, "Good morning.", user=people.rita)
    earlier = post(people.site, "Buy this.", user=people.rita).comment
    decide(earlier.public_id, action="reject", reason="spam", by=people.olga)
    said = "You idiot, the council did."
    answer = post(people.site, said, user=people.rita, parent=asked.public_id).comment
    page.goto(live.url + "/account/sign-in")
    page.locator("[name=email]").focus()
    page.keyboard.type("mona@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/")
    expect(page.locator("nav.tabs [aria-current]")).to_contain_text("Pending")
    expect(page.locator("[data-count=pending]")).to_have_text("4")
    page.keyboard.press("j")
    assert focused(page) == waiting[0]
    card = page.locator(f"#c-{answer.public_id}")
    expect(card.locator(".said")).to_have_text(said)
    expect(card.locator(".said mark")).to_have_text(["idiot"])
    expect(card.locator(".who")).to_contain_text("Rita")
    expect(card.locator(".who")).to_contain_text("1 published · 1 rejected")
    expect(card.locator(".where a")).to_have_attribute("href", re.compile("/2026/bridge"))
    expect(card.locator("blockquote")).to_have_text("Max Who decided on this bridge?")
    expect(card.locator(".why li").first).to_contain_text("; your limit is")
    expect(card.locator(".bars svg").first).to_be_visible()


@both
def test_it_works_by_keyboard_alone(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("j")
    assert focused(page) == waiting[0]
    page.keyboard.press("f")
    expect(page.locator(f"#c-{waiting[0]}")).to_have_count(0)
    assert focused(page) == waiting[1]
    expect(page.locator("[data-count=pending]")).to_have_text("2")
    expect(page.locator("#announcer")).to_have_text("Approved. 2 left.")
    assert status(waiting[0]) == "published"

    page.keyboard.press("d")
    expect(page.get_by_role("radio", name="Offensive").first).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator(f"#c-{waiting[1]}")).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text("Rejected: Abusive. 1 left.")
    assert status(waiting[1]) == "rejected"

    page.keyboard.press("f")
    expect(page.get_by_text("All caught up")).to_be_visible()


@both
def test_undo_brings_the_card_back(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("j")
    page.keyboard.press("j")
    for key in ("u", "Control+z"):
        page.keyboard.press("f")  # the second time with the version that the undo made
        expect(page.locator(f"#c-{waiting[1]}")).to_have_count(0)
        told(page, "Approved.")
        page.keyboard.press(key)
        expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()
        assert [each.get_attribute("data-id") for each in page.locator(".card").all()] == waiting
        expect(page.locator("[data-count=pending]")).to_have_text("3")
        assert status(waiting[1]) == "pending"
    page.keyboard.press("f")
    told(page, "Approved.")
    assert status(waiting[1]) == "published"


@both
def test_a_stack_of_undo(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("j")
    for left in (2, 1):
        page.keyboard.press("f")
        expect(page.locator("[data-count=pending]")).to_have_text(str(left))
    for there in (2, 3):
        page.keyboard.press("u")
        expect(page.locator("[data-count=pending]")).to_have_text(str(there))
    page.keyboard.press("u")
    expect(page.locator("#announcer")).to_have_text("There is nothing to undo here.")
    assert {status(each) for each in waiting} == {"pending"}


@both
def test_the_second_moderator_sees_who_was_faster(open_as: Open, waiting: list[str]) -> None:
    mona, olga = open_as("mona"), open_as("olga")
    olga.keyboard.press("j")
    olga.keyboard.press("f")
    told(olga, "Approved.")
    mona.keyboard.press("j")
    mona.keyboard.press("d")
    mona.keyboard.press("3")
    card = mona.locator(f"#c-{waiting[0]}")
    expect(card.locator(".outcome")).to_contain_text("Approved by Olga")
    expect(card.get_by_role("button", name="Approve")).to_be_hidden()
    assert status(waiting[0]) == "published"
    with olga.expect_response("**/live?*"):
        look_again(olga)
    look_again(mona)
    expect(mona.locator(f"#c-{waiting[1]}")).to_contain_text("Olga")  # it has asked
    arrived = mona.get_by_role("button", name="New comments have arrived")
    expect(arrived).to_have_count(0)  # what is gone is not what has arrived


@both
def test_what_others_decide_shows_by_itself(open_as: Open, waiting: list[str]) -> None:
    mona = open_as("mona")
    mona.clock.install()
    mona.reload()
    olga = open_as("olga")
    olga.keyboard.press("j")
    olga.keyboard.press("f")
    told(olga, "Approved.")
    outcome = mona.locator(f"#c-{waiting[0]} .outcome")
    expect(outcome).to_be_hidden()
    mona.clock.fast_forward(8500)  # and nothing else: it looks by itself
    expect(outcome).to_contain_text("Approved by Olga")
    expect(mona.locator("[data-count=pending]")).to_have_text("2")


@both
def test_new_comments_wait_behind_a_button(open_as: Open, waiting: list[str], people: Cast) -> None:
    page = open_as("mona")
    page.keyboard.press("j")
    new = post(people.site, "Yet another idiot here.", name="Late").comment.public_id
    look_again(page)
    button = page.get_by_role("button", name="New comments have arrived")
    expect(button).to_be_visible()
    assert focused(page) == waiting[0]
    button.press("Enter")
    expect(page.locator(f"#c-{new}")).to_be_focused()
    assert page.locator(".card").count() == 4


def test_severe_text_is_veiled_until_a_key(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("j")
    veil = page.locator(f"#c-{waiting[0]} .veil")
    said = veil.locator(".reading")
    assert said.evaluate("e => getComputedStyle(e).filter") != "none"
    page.keyboard.press("s")
    assert said.evaluate("e => getComputedStyle(e).filter") == "none"
    assert focused(page) == waiting[0]


@both
def test_one_at_a_time(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("z")
    expect(page.locator(".card:visible")).to_have_count(1)
    assert focused(page) == waiting[0]
    page.keyboard.press("f")
    expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()
    expect(page.locator(".card:visible")).to_have_count(1)
    page.keyboard.press("z")
    expect(page.locator(".card:visible")).to_have_count(2)


@both
def test_keys_are_listed_and_can_be_switched_off(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    page.keyboard.press("f")  # keys mean nothing behind a dialog
    dialog.get_by_label("Use single-key shortcuts").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    page.keyboard.press("f")
    assert focused(page) is None
    assert {status(each) for each in waiting} == {"pending"}


def test_typing_a_note_is_not_a_command(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("j")
    page.keyboard.press("d")
    card = page.locator(f"#c-{waiting[0]}")
    card.get_by_label("Note for moderators").fill("")
    page.keyboard.type("jkfd 123 z?")
    assert focused(page) == waiting[0]
    card.get_by_text("Spam", exact=True).click()
    card.locator(".reject .picker").get_by_role("button", name="Reject").click()
    told(page, "Rejected:")
    page.goto(page.url.split("/dashboard")[0] + f"/dashboard/comments/{waiting[0]}")
    expect(page.get_by_text("jkfd 123 z?")).to_be_visible()


def test_a_lost_connection_changes_nothing(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("j")
    page.context.set_offline(True)
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text("Can’t reach the server")
    expect(page.locator(f"#c-{waiting[0]}")).to_be_focused()
    page.context.set_offline(False)
    page.keyboard.press("f")
    told(page, "Approved.")
    assert status(waiting[0]) == "published"


def test_without_scripts(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", java_script_enabled=False)
    card = page.locator(f"#c-{waiting[0]}")
    card.locator("summary", has_text="Reject").click()
    card.get_by_label("Abusive").check()
    card.locator(".reject .picker").get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Rejected: Abusive.", exact=True)).to_be_visible()
    assert status(waiting[0]) == "rejected"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert status(waiting[0]) == "pending"


def test_on_a_phone(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", viewport={"width": 360, "height": 740}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    card = page.locator(f"#c-{waiting[0]}")
    card.locator("summary", has_text="Reject").tap()
    card.get_by_text("Harassment").tap()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Undo").tap()
    expect(card).to_be_visible()
    assert status(waiting[0]) == "pending"
