"""What a person composes in the dashboard outlives a reload, until it is sent; and only that is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core import clock
from commentsvc.core.db import unit_of_work
from commentsvc.moderation import commands
from commentsvc.moderation.cases.appeals import appeal
from commentsvc.moderation.sharing import canned
from tests.browser.desk import told
from tests.factories import notice, post

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
WORDS = "Somebody has thought about this."
SHOWN = "form[method=post]:not(#policy, #look, [enctype]) textarea:not(.lines)"


def _appealed(people: Cast) -> str:
    taken = post(people.site, "You fool.", user=people.max).comment.public_id
    made = commands.decide(taken, action="reject", reason="abusive", by=people.mona)
    with unit_of_work():
        made.tell_after = clock.now() - timedelta(minutes=1)
    appeal(taken, "It was a quote.", by=people.max)
    return taken


def _open_all(page: Page) -> None:
    for each in page.locator("main details:has(textarea)").all():
        each.evaluate("each => (each.open = true)")


def test_every_text_is_kept(open_as: Open, people: Cast) -> None:
    notice(post(people.site, "A rather bad thing.", user=people.rita).comment.public_id)
    _appealed(people)
    canned.add(people.site, "Sorry", {"en": "You are right."}, by=people.mona)
    page = open_as("olga", "/dashboard/shift")
    key, rita = people.site.key, people.rita.public_id
    for path in (
        *("appeals", "notices", f"shift?site={key}"),
        *(f"sites/{key}/canned", f"sites/{key}/reasons", f"people/{rita}?site={key}"),
    ):
        page.goto(page.url.split("/dashboard/")[0] + f"/dashboard/{path}")
        _open_all(page)
        texts = page.locator(SHOWN)
        count = texts.count()
        assert count, path
        for at in range(count):
            texts.nth(at).fill(f"{WORDS} {at}")
        page.reload()
        _open_all(page)
        for at in range(count):
            expect(texts.nth(at)).to_have_value(f"{WORDS} {at}")


def test_it_is_dropped_when_sent(open_as: Open, people: Cast) -> None:
    """Also by a form that leaves with its page."""
    taken = _appealed(people)
    page = open_as("olga", "/dashboard/shift")
    page.fill("#note-text", WORDS)
    page.get_by_role("button", name="Leave note").click()
    expect(page.locator(".as-seen")).to_contain_text(WORDS)
    expect(page.locator("#note-text")).to_have_value("")
    page.goto(page.url.replace("shift", "appeals").split("?")[0])
    page.fill("[name=answer]", WORDS)
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".card")).to_have_count(0)
    page.goto(page.url.replace("appeals", f"comments/{taken}"))
    page.keyboard.press("d")
    page.get_by_label("Message to the author").fill(WORDS)
    page.keyboard.press("Escape")
    page.locator(".card").focus()
    page.keyboard.press("2")
    told(page, "Rejected")
    assert page.evaluate("sessionStorage.getItem('commentsvc.drafts')") is None
