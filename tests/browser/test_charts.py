"""Charts in a real browser: they are drawn, in the page's colours, and the page says the same without."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.moderation import commands
from commentsvc.moderation.cases.cooling import take_temperatures
from commentsvc.sites import commands as sites
from tests.browser.axe import serious
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Server
    from tests.people import Cast

pytestmark = pytest.mark.browser

FIGURES, ADVISOR = "/dashboard/figures", "/dashboard/sites/harbour/advisor"
CALIBRATION, TEMPERATURE = "/dashboard/sites/harbour/calibration", "/dashboard/temperature"
VENDOR = Path(__file__).parents[2] / "static" / "dashboard" / "vendor"
#: How many different colours each canvas holds: an empty one holds a single one.
COLOURS = """() => [...document.querySelectorAll('.drawing > canvas')].map((each) => {
  const { data } = each.getContext('2d').getImageData(0, 0, each.width, each.height);
  return new Set(new Uint32Array(data.buffer)).size;
})"""
#: What the first canvas shows.
PICTURE = "() => document.querySelector('.drawing > canvas').toDataURL()"


@pytest.fixture(autouse=True)
def some_decisions(people: Cast) -> None:
    changes = {"slow_seconds": 0, "flood_count": 1000, "heat_comments": 3}
    sites.set_policy(people.site, changes, by=people.olga)
    for number in range(6):
        comment = post(people.site, f"You idiot, number {number}.").comment
        if number:
            action = "reject" if number % 2 else "approve"
            commands.decide(comment.public_id, action=action, reason="spam", by=people.mona)
    post(people.site, "A calm word.")
    take_temperatures()


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("ar", 360)])
def test_it_works(live: Server, open_as: Callable[..., Page], locale: str, width: int) -> None:
    page = open_as("olga", locale=locale, viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    foreign: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith(live.url):
            foreign.append(request.url)

    page.on("request", asked)
    for path, fewest in ((FIGURES, 7), (ADVISOR, 1), (CALIBRATION, 1), (TEMPERATURE, 1)):
        page.goto(live.url + path)
        colours = page.evaluate(COLOURS)
        assert len(colours) == fewest and min(colours) > 3, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert said == [] and foreign == []


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.drill), "dark"])
def test_nothing_serious(live: Server, open_as: Callable[..., Page], scheme: str) -> None:
    page = open_as("olga", bypass_csp=True, color_scheme=scheme)
    for path in (FIGURES, ADVISOR):
        page.goto(live.url + path)
        assert serious(page) == []


def test_colours_follow_the_theme_and_a_tooltip_says_the_values(
    live: Server, open_as: Callable[..., Page]
) -> None:
    page = open_as("olga", color_scheme="light")
    page.goto(live.url + ADVISOR)
    light = page.evaluate(PICTURE)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(before) => ({PICTURE})() !== before", arg=light)
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.wait_for_function(f"(before) => ({PICTURE})() === before", arg=light)
    for _ in range(100):  # a mouse that stops before the chart listens shows nothing
        page.mouse.move(0, 0)
        page.locator(".drawing").hover()
        page.wait_for_timeout(50)
        if page.evaluate(PICTURE) != light:
            return
    raise AssertionError("no tooltip")


def test_it_works_without_scripts(live: Server, open_as: Callable[..., Page]) -> None:
    page = open_as("olga", java_script_enabled=False)
    page.goto(live.url + FIGURES)
    assert page.locator("canvas").first.is_hidden()
    tables = page.locator("main table")
    assert tables.count() == 4
    # the table day by day is folded for those who see the chart
    assert all(tables.nth(at).locator("td").first.is_visible() for at in range(4))
    page.goto(live.url + ADVISOR)
    assert page.locator("canvas").is_hidden() and page.locator("main table").first.is_visible()


def test_the_library_is_the_one_that_its_page_names() -> None:
    digest = hashlib.sha256((VENDOR / "chart.umd.min.js").read_bytes()).hexdigest()
    (version,) = re.findall(r"Chart.js v([\d.]+)", (VENDOR / "chart.umd.min.js").read_text("utf-8"))
    page = (VENDOR / "README.md").read_text("utf-8")
    assert digest in page and f"| {version} |" in page
