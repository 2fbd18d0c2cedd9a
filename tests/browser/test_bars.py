"""The bars of the dashboard: every place can be seen on a laptop, and the current one on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Open, Server
    from tests.people import Cast

pytestmark = pytest.mark.browser

LAPTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
# What stands outside the window, or outside what cuts it off.
HIDDEN = """(css) => [...document.querySelectorAll(css)].filter((node) => {
  const box = node.getBoundingClientRect();
  if (box.width < 2 || box.left < -0.5 || box.right > document.documentElement.clientWidth + 0.5) return true;
  for (let outer = node.parentElement; outer; outer = outer.parentElement) {
    const edge = outer.getBoundingClientRect();
    const cuts = getComputedStyle(outer).overflowX !== "visible";
    if (cuts && (box.left < edge.left - 0.5 || box.right > edge.right + 0.5)) return true;
  }
  return false;
}).map((node) => node.textContent.trim().replace(/\\s+/g, " "))"""
PATHS = ["/dashboard/", "/dashboard/sites/harbour/policy", "/dashboard/sites/harbour/keys"]
PLACES = ".top nav a, .top .menu summary, nav.tabs a"


@pytest.mark.parametrize("locale", ["fr", "ar"])  # the longest words, and the other side
def test_every_place_is_seen_on_a_laptop(
    open_as: Open, people: Cast, live: Server, locale: str
) -> None:
    page = open_as("ada", **LAPTOP, locale=locale)
    for path in PATHS:
        page.goto(f"{live.url}{path}")
        assert page.locator(PLACES).count() > 8, path
        assert page.evaluate(HIDDEN, PLACES) == [], path


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.drill)])
def test_the_current_place_is_seen_on_a_phone(
    open_as: Open, people: Cast, live: Server, every: int
) -> None:
    page = open_as("ada", **PHONE)
    links = page.locator(".top nav a").evaluate_all("all => all.map((each) => each.href)")
    page.goto(f"{live.url}{PATHS[1]}")
    links += page.locator("nav.tabs a").evaluate_all("all => all.map((each) => each.href)")
    assert len(links) > 12
    for path in [*links[:-1:every], links[-1]]:  # the last one is the farthest
        page.goto(path)
        assert page.locator("[aria-current=page]").count() > 0, path
        assert page.evaluate(HIDDEN, "nav a[aria-current=page]") == [], path
