"""Canned messages by keys: chosen, seen, sent with a reason; in a reply; none where one types oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.moderation.models import Decision
from commentsvc.moderation.sharing import canned
from tests.browser.desk import four_held
from tests.browser.held import until

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(open_as: Open, people: Cast) -> None:
    four_held(people)
    canned.add(people.site, "Insults", {"en": "Dear {name}: {rule}."}, by=people.mona)
    canned.add(people.site, "Thanks", {"en": "Thank you, {name}."}, by=people.mona)
    page = open_as("mona", "/dashboard/?order=oldest")
    card = page.locator(".card").first
    message = card.locator(".reject-form [name=message]")
    for key in ("j", "d", "m"):
        page.keyboard.press(key)
    expect(card.locator(".reject-form select[name=canned]")).to_be_focused()
    page.keyboard.press("1")
    expect(message).to_have_value("Dear Rita: {rule}.")
    expect(card.locator(".reject-form .reasons input").first).to_be_focused()
    card.locator(".reject-form select[name=canned]").select_option("")
    expect(message).to_have_value("")
    card.locator(".reject-form select[name=canned]").select_option(label="1 · Insults")
    expect(message).to_have_value("Dear Rita: {rule}.")
    page.keyboard.press("2")  # a reason again
    expect(page.locator(".card:not(.settled)")).to_have_count(3)

    def said() -> list[str | None]:
        db.session.rollback()
        return list(db.session.scalars(select(Decision.message).where(Decision.by_id.is_not(None))))

    until(page, lambda: said() == ["Dear Rita: Abusive."], "the message was not sent")
    card = page.locator(".card:not(.settled)").nth(1)
    card.focus()
    page.keyboard.press("r")
    reply = card.locator(".reply-form")
    expect(reply.locator("option")).to_have_text(["", "2 · Thanks"])
    reply.locator("select").select_option(label="2 · Thanks")
    expect(reply.locator("textarea")).to_have_value("Thank you, Rita.")
