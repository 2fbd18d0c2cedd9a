"""A browser in which old sites are where they were, and the service at an address of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

    from tests.browser.conftest import Server

SERVICE = "https://comments.example.org"


class Old:
    """What is asked for, what is thrown, and who else was asked."""

    def __init__(self, context: BrowserContext, live: Server) -> None:
        self.live, self.context = live, context
        self.sites: dict[str, str] = {}  # address without its query -> what is there
        self.strangers: list[str] = []
        self.asked: list[str] = []
        self.thrown: list[str] = []
        context.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        with suppress(Error):  # of a page that is closed by now
            self._fulfil(route)

    def _fulfil(self, route: Route) -> None:
        url = route.request.url
        page = url.split("#")[0].split("?")[0]
        if url.startswith(f"{SERVICE}/"):
            self.asked.append(url.removeprefix(SERVICE))
            there = f"{self.live.url}{url.removeprefix(SERVICE)}"
            headers = {
                name: value.replace(SERVICE, self.live.url)
                if name in ("origin", "referer")
                else value
                for name, value in route.request.headers.items()
            }
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
