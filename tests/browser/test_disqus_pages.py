"""Old pages with Disqus's markup, served from their own origins in a real Chromium: with the one change of
the script's address they show the same threads and counts as before.

The real pages are read from the shared data where it is present; a few of our own cover the same forms.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from commentsvc.sites import commands as sites
from commentsvc.sites.forums import set_forums
from tests.shared_data import shared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page, Route

    from tests.browser.conftest import Server
    from tests.people import Cast

pytestmark = pytest.mark.browser

SERVICE = "https://comments.example.org"


class Old:
    """A browser in which old sites are where they were, and the service at an address of its own."""

    def __init__(self, context: BrowserContext, live: Server) -> None:
        self.live, self.context = live, context
        self.sites: dict[str, str] = {}  # address without its query -> what is there
        self.strangers: list[str] = []
        self.asked: list[str] = []
        self.thrown: list[str] = []
        context.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        url = route.request.url
        page = url.split("#")[0].split("?")[0]
        if url.startswith(f"{SERVICE}/"):
            self.asked.append(url.removeprefix(SERVICE))
            there = f"{self.live.url}{url.removeprefix(SERVICE)}"
            headers = {**route.request.headers, "host": urlsplit(self.live.url).netloc}
            route.fulfill(response=route.fetch(url=there, headers=headers))
        elif page in self.sites:
            kind = "text/javascript" if page.endswith(".js") else "text/html"
            route.fulfill(body=self.sites[page], content_type=f"{kind}; charset=utf-8")
        elif page.endswith("/favicon.ico") or url.startswith("data:"):
            route.fulfill(body="")
        else:
            self.strangers.append(url)
            route.abort()

    def open(self, url: str, html: str) -> Page:
        self.sites[url.split("#")[0].split("?")[0]] = html
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.thrown.append(str(error)))
        page.goto(url, wait_until="load")
        return page

    def threads(self, page: Page) -> list[tuple[str, str]]:
        """What the boxes on the page ask for: forum and identifier, and the address."""
        found = []
        for frame in page.query_selector_all("iframe"):
            query = parse_qs(urlsplit(frame.get_attribute("src") or "").query)
            found.append((query["disqus"][0], query["href"][0]))
        return found


@pytest.fixture
def old(people: Cast, live: Server, new_context: Callable[..., BrowserContext]) -> Old:
    sites.set_origins(people.site, ["https://*.example.org", "http://*.example.org"])
    return Old(new_context(), live)


def changed(text: str, change: list[list[str]]) -> str:
    for before, after in change:
        text = text.replace(before, after)
    return text


def step(page: Page, words: str) -> None:
    act, _, where = words.partition(" ")
    if act == "click":
        page.click(where)
    elif act == "scroll":
        page.locator(where).scroll_into_view_if_needed()
    else:
        page.mouse.wheel(0, int(where))
    page.wait_for_timeout(200)


def test_the_real_pages(old: Old, people: Cast) -> None:
    """All of them in one browser: each is a second's work, most of it starting one."""
    folder = shared("disqus-pages")
    if folder is None:
        pytest.skip("the real pages are not here")
    wanted = json.loads((folder / "expected.json").read_text("utf-8"))
    set_forums(
        people.site, {each["boxes"][-1]["shortname"] for each in wanted.values() if each["boxes"]}
    )
    for name, expected in wanted.items():
        one(old, folder, name, expected)


def one(old: Old, folder: Path, name: str, expected: dict[str, Any]) -> None:
    change, url = expected["address_change"], expected["page_url"]
    old.asked.clear()
    origin = "/".join(url.split("/")[:3])
    for path, file in expected.get("site_files", {}).items():
        old.sites[origin + path] = changed((folder / file).read_text("utf-8"), change)
    page = old.open(url, changed((folder / name).read_text("utf-8"), change))
    page.wait_for_timeout(300)
    for each in expected["steps"]:
        step(page, each)
    if expected["boxes"]:
        last = expected["boxes"][-1]
        page.wait_for_selector("iframe[data-commentsvc=shown]", state="attached")
        found = old.threads(page)
        assert found == [(f"{last['shortname']}/{last['identifier'] or ''}", last["url"])], name
        frame = page.query_selector(f"#{last['container']} iframe")
        assert frame and (frame.get_attribute("id") or "").startswith("dsq-app"), name
        language = last["language"] or "en"
        src = frame.get_attribute("src") or ""
        assert parse_qs(urlsplit(src).query).get("locale", ["en"])[0] == language, name
    requests = [each for each in old.asked if "count-data.js" in each]
    assert [len(parse_qs(urlsplit(each).query)) for each in requests] == expected[
        "count_requests"
    ], name
    for asks in expected.get("asks", ()):
        assert any(asks in each for each in old.asked), name
    assert (old.thrown, old.strangers) == ([], []), name
    page.close()
