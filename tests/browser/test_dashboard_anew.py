"""Cards that change while they are shown: by a colleague, by the author, by one's own acts elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core.db import db
from commentsvc.moderation.commands import decide, undo
from commentsvc.posting import commands as posting
from commentsvc.sites.queries import role_of
from commentsvc.threads.commands import comment_by_public_id
from tests.browser.conftest import status
from tests.browser.desk import OLDEST, told
from tests.browser.test_dashboard_hour import card, held
from tests.factories import post

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from commentsvc.moderation.models import Decision
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def poll(page: Page) -> None:
    """As after some seconds."""
    with page.expect_response(lambda answer: "/dashboard/live" in answer.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def rejected(public_id: str, people: Cast) -> Decision:
    return decide(public_id, action="reject", reason="spam", by=people.olga)


def test_it_works(open_as: Open, people: Cast) -> None:
    """What a colleague undoes can be decided again, in its place; whether or not the page has seen
    what they had decided."""
    ids = held(people, 3)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    one, other = card(page, ids[0]), card(page, ids[1])
    made = rejected(ids[0], people)
    poll(page)
    expect(one).to_contain_text("Rejected by Olga")
    expect(one.locator(".approve-form")).to_be_hidden()
    undo(made.public_id, by=people.olga)
    undo(rejected(ids[1], people).public_id, by=people.olga)
    poll(page)
    for each in (one, other):
        expect(each.locator(".approve-form")).to_be_visible()
        expect(each.locator(".outcome")).to_be_hidden()
    expect(one).to_be_focused()
    expect(page.locator("#fresh")).to_be_hidden()
    shown = page.locator("#cards .card").evaluate_all("all => all.map(each => each.dataset.id)")
    assert shown == ids
    page.keyboard.press("f")
    expect(other).to_be_focused()
    page.keyboard.press("f")
    expect(page.locator("#cards .card")).to_have_count(1)
    told(page, "Approved.")
    assert [status(each) for each in ids] == ["published", "published", "pending"]


def test_a_decision_counts_though_another_was_made_and_undone(open_as: Open, people: Cast) -> None:
    ids = held(people, 2)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    undo(rejected(ids[0], people).public_id, by=people.olga)
    page.keyboard.press("f")
    told(page, "Approved.")
    assert status(ids[0]) == "published"


def test_an_edited_text_is_read_before_it_is_decided(open_as: Open, people: Cast) -> None:
    """The card comes back with the new text and its buttons: nothing is loaded again."""
    made = post(people.site, "You idiot.", user=people.rita).comment.public_id
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    posting.edit(made, "You utter idiot.", user=people.rita)
    page.keyboard.press("f")
    expect(card(page, made)).to_contain_text("You utter idiot.")
    expect(card(page, made).locator(".outcome")).to_contain_text("has edited this comment")
    expect(card(page, made)).to_be_focused()
    assert status(made) == "pending"
    expect(card(page, made)).not_to_have_attribute("aria-busy", "true")
    page.keyboard.press("f")
    told(page, "Approved.")
    assert status(made) == "published"


def test_an_edit_that_the_page_sees_first(open_as: Open, people: Cast) -> None:
    made = post(people.site, "You idiot.", user=people.rita).comment.public_id
    page = open_as("mona", f"/dashboard/comments/{made}")
    posting.edit(made, "You utter idiot.", user=people.rita)
    poll(page)
    expect(card(page, made).locator(".said")).to_contain_text("You utter idiot.")
    expect(card(page, made).locator(".outcome")).to_contain_text("has edited this comment")
    expect(card(page, made).locator(".approve-form")).to_be_visible()
    posting.withdraw(made, user=people.rita)
    poll(page)
    expect(card(page, made).locator(".outcome")).to_contain_text("has deleted this comment")


def test_what_is_being_written_stays(open_as: Open, people: Cast) -> None:
    ids = held(people, 1)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("d")
    message = card(page, ids[0]).locator("[name=message]")
    message.fill("Please be kind.")
    undo(rejected(ids[0], people).public_id, by=people.olga)
    poll(page)
    version = str(comment_by_public_id(ids[0]).version)
    expect(card(page, ids[0])).to_have_attribute("data-version", version)
    expect(message).to_have_value("Please be kind.")
    expect(message).to_be_focused()


@pytest.mark.parametrize("view", ["pending", "all"])
@pytest.mark.parametrize("about", ["pending", "published"])
def test_undoing_ones_own_ban_brings_all_cards_back_as_they_were(
    open_as: Open, people: Cast, view: str, about: str
) -> None:
    waiting = [
        post(people.site, f"You idiot, {n}.", user=people.rita).comment.public_id for n in range(3)
    ]
    if about == "published":
        if view == "pending":
            pytest.skip("it is not shown there")
        waiting.append(post(people.site, "Fine.", user=people.rita).comment.public_id)
    page = open_as("mona", f"{OLDEST}&queue={view}", reduced_motion="reduce")
    before = page.locator("#cards .card").evaluate_all("all => all.map(each => each.dataset.id)")
    card(page, waiting[-1]).evaluate("each => each.focus()")
    page.keyboard.press("b")
    expect(page.locator("#drawer [name=reason]")).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("banned")
    poll(page)
    assert {status(each) for each in waiting[:3]} == {"rejected"}
    if about == "published":
        expect(card(page, waiting[-1]).locator(".who")).to_contain_text("banned")
    page.keyboard.press("u")
    expect(page.locator("#cards .card")).to_have_count(len(before))
    expect(card(page, waiting[-1])).to_be_focused()
    poll(page)
    poll(page)
    shown = page.locator("#cards .card").evaluate_all("all => all.map(each => each.dataset.id)")
    assert shown == before
    as_they_were(page, waiting[:3])
    page.keyboard.press("f" if about == "pending" else "2")
    expect(page.locator("#cards .card")).to_have_count(len(before) - 1)
    said = "Approved." if about == "pending" else "Rejected"
    told(page, said)
    db.session.expire_all()
    assert role_of(people.rita, people.site) == "reader"
    assert status(waiting[-1]) == ("published" if about == "pending" else "rejected")


def as_they_were(page: Page, ids: list[str]) -> None:
    for each in ids:
        expect(card(page, each).locator(".approve-form")).to_be_visible()
        expect(card(page, each).locator(".outcome")).to_be_hidden()
        expect(card(page, each).locator(".who")).not_to_contain_text("banned")
    expect(page.locator("#cards .settled")).to_have_count(0)
    expect(page.locator("#fresh")).to_be_hidden()


def test_what_one_decides_elsewhere_leaves_the_queue(open_as: Open, people: Cast) -> None:
    ids = held(people, 3)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    for each in ids[:2]:
        decide(each, action="reject", reason="spam", by=people.mona)
    poll(page)
    expect(page.locator("#cards .card")).to_have_count(1)
    expect(card(page, ids[2])).to_be_focused()
    expect(page.locator("#fresh")).to_be_hidden()


GONE = {
    "removed": "field => field.closest('.card').querySelector('.picker').remove()",
    "replaced": "field => field.closest('.card').focus()",
    "hidden": "field => field.closest('details.reject').open = false",
    "switched off": "field => field.disabled = true",
}


@pytest.mark.parametrize("how", GONE)
def test_what_is_typed_on_after_a_field_has_gone_is_no_command(
    open_as: Open, people: Cast, how: str
) -> None:
    ids = held(people, 2)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("d")
    message = card(page, ids[0]).locator("[name=message]")
    message.click()
    page.keyboard.type("Please")
    page.clock.set_fixed_time("2030-01-01T10:00:00")
    message.evaluate(GONE[how])
    expect(page.locator("[name=message]:focus")).to_have_count(0)
    page.keyboard.type("calm 2 foqx")
    expect(page).to_have_url(re.compile("order=oldest"))
    expect(page.locator("#cards .card")).to_have_count(2)
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator(".tick:checked")).to_have_count(0)
    page.clock.set_fixed_time("2030-01-01T10:00:01")
    page.keyboard.press("j")
    expect(card(page, ids[1])).to_be_focused()
    assert [status(each) for each in ids] == ["pending", "pending"]


def test_whoever_leaves_a_field_has_all_keys_at_once(open_as: Open, people: Cast) -> None:
    ids = held(people, 2)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("d")
    card(page, ids[0]).locator("[name=message]").click()
    page.keyboard.type("Please")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#cards .card")).to_have_count(1)
    page.keyboard.press("/")
    page.keyboard.type("idiot")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#cards .card")).to_have_count(0)
