"""Answers that are late, and waiting by looking, for what no locator can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Error

from tests.browser.conftest import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Route

_PAUSE = 20  # milliseconds between two looks


def until(page: Page, look: Callable[[], object], missing: str) -> None:
    """Wait until `look` finds something; pages with a policy refuse what `wait_for_function` does again."""
    for _ in range(PATIENCE // _PAUSE):
        if look():
            return
        page.wait_for_timeout(_PAUSE)
    raise AssertionError(missing)


def scrolled(page: Page, pixels: int) -> None:
    """Wait until a page has moved so far."""
    missing = f"the page has not moved by {pixels}"
    until(page, lambda: page.evaluate("scrollY") >= pixels, missing)


def press_until_fetched(page: Page, place: Locator, file: str) -> None:
    """Press until that has made the page fetch a file: a press that is too early is not heard."""
    fetched: list[str] = []
    page.on("requestfinished", lambda request: fetched.append(request.url.rpartition("/")[2]))

    def is_there() -> bool:
        place.click()
        return file in fetched

    until(page, is_there, f"nobody asked for {file}")


def press_last(window: Page, press: Callable[[], object]) -> None:
    """Press what may close the window, which can be gone before it has answered the press."""
    try:
        press()
    except Error:
        if not window.is_closed():
            raise


def closes(window: Page, press: Callable[[], object]) -> None:
    """Press what closes the window, and wait until it is closed."""
    press_last(window, press)
    if not window.is_closed():
        window.wait_for_event("close")


class Held:
    """Answers that are on their way until they are let go."""

    def __init__(self, page: Page, *what: str) -> None:
        self.page, self.what = page, what
        self.routes: list[Route] = []
        for each in what:
            page.route(each, lambda route: self.routes.append(route))

    def wait(self, count: int = 1) -> None:
        """Until so many have been asked for."""
        missing = f"nobody asked for {' or '.join(self.what)}"
        until(self.page, lambda: len(self.routes) >= count, missing)

    def let_go(self) -> None:
        """All that were asked for, and whatever is asked for later."""
        self.wait()
        for route in self.routes:
            route.continue_()
        for each in self.what:
            self.page.unroute(each)

    def lose(self) -> None:
        """The first of them."""
        self.wait()
        self.routes.pop(0).abort()
