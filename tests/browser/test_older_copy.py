"""A copy of the loader from before it left events and more to what comes after it: sites keep such copies for
years, and they load today's rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTICLE, Pages, box
from tests.browser.odd import FOLDER
from tests.browser.test_loading import FAULTS, THREAD, line, state
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

HEARD = """window.heard = []; window.heights = 0;
addEventListener("message", ({data}) => { heights += +(data.height > 0) });
for (const name of ["state", "resize", "settle"])
    commentsvc.on(name, (said) => { heard[heard.length] = name + (said.state || said.height || "") })"""


@pytest.fixture
def older(pages: Pages) -> str:
    """The address of a page that has the copy, and calls it before the rest is there."""
    text = (FOLDER / "older-copy.js").read_text("utf-8").replace("$prefix$", "")
    (pages.folder / "older.js").write_text(text.replace("$version$", "0123456789ab"), "utf-8")
    where = f'data-site="harbour" data-href="{ARTICLE}" data-server="{pages.service}"'
    tag = f'<script src="older.js" {where}></script>'
    return pages.write(f"<main>{tag}</main><div id=spot></div><script>{HEARD}</script>")


def test_it_works(page: Page, people: Cast, older: str) -> None:
    """Each event is heard once, and what the page asks for is done."""
    post(people.site, "Under it.")
    page.goto(older)
    frame = box(page)
    expect(frame.locator(".text")).to_have_text("Under it.")
    expect(page.locator("iframe")).to_have_js_property("ours", True)
    heard = page.evaluate("heard")
    assert [each for each in heard if "state" in each] == ["stateshown"]
    page.evaluate("commentsvc.scheme(document.body, 'dark')")
    expect(frame.locator("html")).to_have_attribute("data-scheme", "dark")
    resized = "heard.filter((each) => /^resize/.test(each)).length"
    seen, heights = page.evaluate(f"[{resized}, heights]")
    assert seen == heights > 0
    page.evaluate(f"commentsvc.mount(spot, {{site: 'harbour', href: '{ARTICLE}-2', lazy: 'no'}})")
    expect(box(page, 1).locator("#empty")).to_be_visible()
    page.evaluate("commentsvc.unmount(spot)")
    assert page.locator("iframe").count() == 1


def test_away_and_back(page: Page, people: Cast, older: str) -> None:
    post(people.site, "Back again.")
    page.clock.install()
    page.route(THREAD, FAULTS["refused connection"])
    page.goto(older)
    state(page, "away")
    assert page.locator("iframe").evaluate("node => node.offsetHeight") == 0
    page.unroute(THREAD)
    line(page).get_by_role("button").click()
    expect(box(page).locator(".text")).to_have_text("Back again.")
    expect(line(page)).to_have_count(0)
    assert page.evaluate("heard.filter((each) => /^state/.test(each)).join()") == (
        "stateaway,statewaiting,stateshown"
    )
