"""A browser that another test has used is as good as a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.readers import Readers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.conftest import Pages

pytestmark = pytest.mark.browser

KEEP = """async () => {
    localStorage.setItem("a", "1"); sessionStorage.setItem("a", "1");
    document.cookie = "a=1; SameSite=Lax";
    document.cookie = "p=1; SameSite=None; Secure; Partitioned";
    await caches.open("a");
    await new Promise((done) => { indexedDB.open("a").onsuccess = done; });
}"""
KEPT = """async () => [localStorage.length, sessionStorage.length, document.cookie,
    (await caches.keys()).length, (await indexedDB.databases()).length]"""
NOTHING = [0, 0, "", 0, 0]


FETCHED = """performance.getEntriesByType("resource")
    .find((each) => each.name.endsWith("kept.js")).transferSize > 0"""


def visit(context: BrowserContext, address: str) -> tuple[list[object], list[object], bool]:
    """What a page and a frame of another site find, before they leave something of all kinds; and whether
    the page's script had to be fetched."""
    page = context.new_page()
    page.goto(address)
    frame = page.frames[1]
    found = page.evaluate(KEPT), frame.evaluate(KEPT), page.evaluate(FETCHED)
    page.evaluate(KEEP)
    frame.evaluate(KEEP)
    return found


def test_it_works(chromium: Browser, pages: Pages) -> None:
    (pages.folder / "kept.js").write_text("window.here = 1;", "utf-8")
    inner = pages.write("Inside", "inner.html").replace("localhost", "127.0.0.1")
    address = pages.write(f'<iframe src="{inner}"></iframe><script src="kept.js"></script>')
    pages.headers(Cache_Control="public, max-age=600")
    readers = Readers(chromium, again=True)
    first = readers.like_new()
    assert visit(first, address) == (NOTHING, NOTHING, True)
    page, frame, fetched = visit(first, address)
    assert (page[0], page[2], frame[0], fetched) == (1, "a=1; p=1", 1, False)
    assert readers.give_back() == []
    again = readers.like_new()
    assert again == first
    assert visit(again, address) == (NOTHING, NOTHING, True)
    assert again != readers.like_new(), "two readers at once share nothing"
    readers.give_back()


def test_what_cannot_be_emptied_is_closed(chromium: Browser) -> None:
    readers = Readers(chromium, again=True)
    first = readers.like_new()
    first.new_page().clock.install()
    readers.give_back()
    assert readers.like_new() != first
    readers.give_back()
