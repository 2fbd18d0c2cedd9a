"""The page of all states: each of them is really there, in the box itself, and fits its page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.demo import pages, paper, seed, staged
from commentsvc.demo.states import STATES
from commentsvc.sites.models import Site
from commentsvc.threads.models import Thread
from scripts import states
from tests.browser.held import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def demo(live: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The demo's pages, with the one conversation that is shown among the states."""
    assert live.app is not None
    pages.register(live.app)
    lines = [each for each in paper.lines() if each.article.slug == "night-ferry"]
    monkeypatch.setattr(paper, "lines", lambda: lines)
    staff = seed.people("correct horse battery")
    seed.conversations(seed.site(staff, [live.url]), staff, live.url)
    db.session.commit()
    return live.url


def overflows(page: Page) -> list[str]:
    """The pages, of those in frames too, that are wider than what shows them."""
    wide = "document.documentElement.scrollWidth > innerWidth"
    return [each.url for each in page.frames if each.url.startswith("http") and each.evaluate(wide)]


def test_it_works(new_context: Callable[..., BrowserContext], demo: str) -> None:
    page = new_context(viewport={"width": 360, "height": 900}).new_page()
    page.goto(f"{demo}/demo/states/")
    assert page.locator(".states > section").count() == len(STATES)
    states.reach(page, [each.name for each in STATES])
    said: dict[str, str | re.Pattern[str]] = {
        "slow": "once every 90 seconds",
        "hours": "Comments are closed until",
        "closed": "This conversation is closed",
        "suspended": "suspended from this site",
        "banned": "banned",
        "offline": re.compile("No connection|Not sent"),
        "away": "be reached right now",
        "noscript": "Turn on JavaScript",
        "refused": "https://elsewhere.example.com",
    }
    for name, words in said.items():
        expect(states.place(page, name)).to_contain_text(words)
    rejected = page.locator("#rejected").frame_locator("iframe").locator(".rejected .own")
    expect(rejected).to_contain_text(["A moderator made this decision", "decided automatically"])
    assert overflows(page) == []
    silent = page.locator("#noscript iframe")
    room = "node => node.clientHeight - node.contentDocument.documentElement.scrollHeight"
    until(page, lambda: silent.evaluate(room) >= 0, "the frame without scripts is cut off")


def test_who_is_in_a_state_is_nobody_elsewhere(
    new_context: Callable[..., BrowserContext], demo: str
) -> None:
    page = new_context().new_page()
    page.goto(f"{demo}/demo/states/banned")
    states.reach(page, ["banned"])
    page.goto(f"{demo}/demo/night-ferry")
    expect(page.frame_locator("iframe").locator("#me.known")).to_have_text("Sign in")


def test_what_is_staged_is_staged_once_and_moves_along(demo: str) -> None:
    staged.ready()
    staged.ready()
    assert len(db.session.scalars(select(Site)).all()) == 1 + len(staged.STAGES)
    staged.move_to(demo, "http://127.0.0.1:1")
    threads = db.session.scalars(select(Thread).where(Thread.href.contains("/states/")))
    assert {each.href.partition("/demo/")[0] for each in threads} == {"http://127.0.0.1:1"}


@pytest.mark.drill
def test_every_state_in_every_size_color_and_direction(
    chromium: Browser, demo: str, tmp_path: Path
) -> None:
    wide: list[str] = []
    made = list(
        states.photograph(chromium, demo, tmp_path, seen=lambda page: wide.extend(overflows(page)))
    )
    assert wide == []
    assert len(made) == len(states.WIDTHS) * len(states.SCHEMES) * len(states.LOCALES)
