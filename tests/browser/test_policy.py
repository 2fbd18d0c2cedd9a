"""The policy page: ask about a text, a month and a workload without saving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core.db import db
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import policy_of
from tests.factories import held_of_1000, post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works_by_keyboard(open_as: Open, people: Cast) -> None:
    post(people.site, "A walnut.")
    page: Page = open_as("olga", f"/dashboard/sites/{people.site.key}/policy")
    bar = page.locator(".save [role=status]")
    expect(bar).to_have_text("Changes take effect as soon as you save.")
    page.locator("#p-text").fill("You idiot.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#tried [data-told]")).to_have_text("It would be held for a moderator.")
    expect(page.locator("#announcer")).to_have_text("It would be held for a moderator.")
    expect(page.locator("#tried button")).to_be_focused()
    expect(page.locator("#tried mark")).to_have_text("idiot")
    expect(bar).to_have_text("Changes take effect as soon as you save.")
    page.locator("#p-suspect_words").fill("walnut")
    expect(bar).to_have_text("You have unsaved changes.")
    page.locator("#replayed button").press("Enter")
    page.locator("#replayed summary").press("Enter")
    expect(page.locator("#replayed li")).to_have_text("A walnut.")
    expect(page.locator("#p-suspect_words")).to_have_value("walnut")
    assert policy_of(people.site).suspect_words == ()


def test_a_message_is_said_once(open_as: Open, people: Cast) -> None:
    """Where it stands on the page; beside the button if that was pressed, and the page stays still."""
    page: Page = open_as("olga", f"/dashboard/sites/{people.site.key}/sections")
    page.locator("#n-_new").fill("Sport")
    page.locator("#t-_new").fill("sport")
    page.keyboard.press("Enter")
    page.wait_for_url("**/policy?section=*")
    told, bar = page.locator(".notice.told"), page.locator(".save [role=status]")
    expect(told).to_contain_text("Section “Sport” has been added.")
    expect(page.locator("#announcer")).to_contain_text("has been added")
    expect(bar).to_have_text("Changes take effect as soon as you save.")
    page.locator("#p-suspect_words").fill("walnut")
    page.locator(".save button").press("Enter")
    expect(bar).to_have_text("Saved.")
    expect(told).to_be_hidden()
    assert policy_of(people.site).suspect_words == ()  # only the section's


def test_limits_from_what_can_be_read(open_as: Open, people: Cast) -> None:
    page: Page = open_as(
        "olga", f"/dashboard/sites/{people.site.key}/policy", viewport={"width": 360, "height": 800}
    )
    page.locator("#p-comments_a_day").fill("1000")
    page.locator("#p-readable_a_day").fill("50")
    page.keyboard.press("Enter")
    expect(page.locator("#reading [data-told]")).to_contain_text(
        f"about {held_of_1000(0.6)} would be held"
    )
    expect(page.locator('[name="hold_at.toxicity"]')).to_have_value("0.6")
    expect(page.locator(".save [role=status]")).to_have_text("You have unsaved changes.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".save button").click()
    expect(page.locator(".save [role=status]")).to_have_text("Saved.")
    page.locator("#p-comments_a_day").fill("1000")
    page.locator("#p-readable_a_day").fill("0")
    page.locator("#set-limits").click()
    expect(page.locator("#e-readable_a_day")).to_be_visible()


def test_a_setting_is_found_and_put_back(open_as: Open, people: Cast) -> None:
    changed = {"max_links": 7, "named_reactions": ("love", "insightful")}
    set_policy(people.site, changed, by=people.olga)
    page: Page = open_as("olga", f"/dashboard/sites/{people.site.key}/policy")
    page.locator("#find").fill("many links")
    expect(page.locator("#f-max_links")).to_be_visible()
    expect(page.locator("#f-min_length")).to_be_hidden()
    expect(page.locator(".index li:visible")).to_contain_text(["Spam and links"])
    page.locator("#find").fill("")
    page.locator("#only-changed").check()
    expect(page.locator("#f-max_links")).to_be_visible()
    expect(page.locator("#f-min_length")).to_be_hidden()
    page.locator("#f-max_links [data-use-default]").click()
    expect(page.locator("#p-max_links")).to_have_value("2")
    expect(page.locator("#f-max_links [data-changed]")).to_be_hidden()
    reactions = page.locator("#f-named_reactions")
    expect(reactions.locator("[data-changed]")).to_be_visible()
    reactions.locator("[data-use-default]").click()
    expect(reactions.locator("[data-changed]")).to_be_hidden()
    expect(reactions.locator(":checked")).to_have_count(6)
    expect(page.locator(".save [role=status]")).to_have_text("You have unsaved changes.")
    assert policy_of(people.site).max_links == 7


def test_a_search_knows_other_words_and_hides_all_without_a_match(
    open_as: Open, people: Cast
) -> None:
    page: Page = open_as("olga", f"/dashboard/sites/{people.site.key}/policy")
    page.locator("#find").fill("suicide")
    expect(page.locator("#f-self_harm")).to_be_visible()
    expect(page.locator("#found")).to_have_text("3 settings found")
    page.locator("#find").fill("walnut")
    expect(page.locator("#found")).to_have_text("No setting matches")
    for each in page.locator("#policy .panel, #policy .save").all():
        expect(each).to_be_hidden()
    page.locator("#find").fill("")
    expect(page.locator("#policy .save")).to_be_visible()


def test_a_section_by_keyboard(open_as: Open, people: Cast) -> None:
    address = f"/dashboard/sites/{people.site.key}/sections"
    page: Page = open_as("olga", address, viewport={"width": 360, "height": 800})
    page.locator("#n-_new").fill("Sport")
    page.keyboard.press("Tab")
    page.keyboard.type("/sport")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="Policy of section “Sport”")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    links = page.locator("#f-max_links")
    expect(links).to_contain_text("Site: 2")
    expect(links.locator("[data-changed]")).to_be_hidden()
    links.locator("input").fill("0")
    expect(links.locator("[data-changed]")).to_be_visible()
    links.locator("input").press("Enter")
    expect(page.locator(".save [role=status]")).to_have_text("Saved.")
    expect(page.locator(".parts [aria-current]")).to_contain_text("Sport")
    page.locator("#f-max_links [data-use-default]").press("Enter")
    expect(page.locator("#f-max_links input")).to_have_value("2")
    page.goto(page.url.partition("/policy")[0] + "/sections")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_back_to_an_earlier_version(open_as: Open, people: Cast) -> None:
    """From the policy over its history and what would change, back, and into the log."""
    set_policy(people.site, {"max_links": 7}, by=people.olga)
    set_policy(people.site, {"max_links": 9, "banned_words": ["rhubarb"]}, by=people.olga)
    page: Page = open_as(
        "olga", f"/dashboard/sites/{people.site.key}/policy", viewport={"width": 360, "height": 800}
    )
    page.get_by_role("link", name="History").click()
    rows = page.locator("tbody tr")
    expect(rows.first).to_contain_text("Olga")
    expect(rows.first).to_contain_text("9")
    rows.nth(1).get_by_role("link", name="Restore").press("Enter")
    expect(page.locator("main")).to_contain_text("rhubarb")
    assert policy_of(people.site).max_links == 9  # only shown
    page.get_by_role("button", name="Restore").press("Enter")
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.locator("#p-max_links")).to_have_value("7")
    db.session.expire_all()
    assert policy_of(people.site).banned_words == () and policy_of(people.site).max_links == 7
    page.get_by_role("link", name="History").click()
    expect(rows.first).to_contain_text("restored", ignore_case=True)
    page.goto(f"{page.url.split('/dashboard')[0]}/dashboard/log")
    expect(page.locator("tbody tr").first).to_contain_text("Olga")
    expect(page.locator("tbody tr").first).to_contain_text("restored", ignore_case=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
