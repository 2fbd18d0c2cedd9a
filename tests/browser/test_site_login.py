"""A site's own login reaches the box: in the tag, or later by a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
from playwright.sync_api import Page, expect

from commentsvc.core import clock
from tests.browser.conftest import Pages, box
from tests.browser.test_sign_in import sign_in

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser


def token_of(people: Cast, user_id: str, **claims: object) -> str:
    now = int(clock.now().timestamp())
    user = {"id": user_id, "username": f"Reader {user_id}"}
    given = {"aud": "harbour", "iat": now, "exp": now + 300, "user": user, **claims}
    return jwt.encode(given, people.site.secrets[0], algorithm="HS256")


def test_it_works(page: Page, people: Cast, pages: Pages) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(2):  # known again, without another question
        page.goto(pages.write(pages.tag(token=token_of(people, "17"))))
        expect(box(page).locator("#me bdi")).to_have_text("Reader 17")
    assert len([url for url in asked if url.endswith("/sign-in/site")]) == 1
    page.evaluate("token => commentsvc.signIn(token)", token_of(people, "18"))
    expect(box(page).locator("#me bdi")).to_have_text("Reader 18")
    page.evaluate("commentsvc.signIn('')")
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()
    page.evaluate("token => commentsvc.signIn(token)", token_of(people, "18", aud="mountain"))
    expect(box(page).locator("#asking")).to_have_attribute("role", "alert")
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()


def test_two_boxes_and_one_token(page: Page, people: Cast, pages: Pages) -> None:
    token = token_of(people, "17", jti="only once")
    other = pages.tag(href="https://news.example.org/2026/ferry", token=token)
    page.goto(pages.write(pages.tag(token=token) + other))
    for at in (0, 1):
        expect(box(page, at).locator("#me bdi")).to_have_text("Reader 17")


def test_who_signed_in_in_the_box_stays_whatever_the_page_does_not_say(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    sign_in(page, box(page))
    page.evaluate("commentsvc.signIn('')")
    page.reload()
    expect(box(page).locator("#me bdi")).to_have_text("Rita")
