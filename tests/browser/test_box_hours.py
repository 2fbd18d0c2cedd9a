"""When comments open again: as people say it, by the reader's clock and the site's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect

from commentsvc.sites import commands as sites
from tests.browser.conftest import Pages, box

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(new_context: Callable[..., BrowserContext], people: Cast, pages: Pages) -> None:
    """The day of the week or the date from afar, then tomorrow, then today, while somebody looks."""
    day = (datetime.now(UTC).weekday() + 3) % 7 + 1
    hours = {"open_hours": [f"{day} 9:00-10:00"], "hours_zone": "Europe/Berlin"}
    sites.set_policy(people.site, hours, by=people.olga)
    for locale, far, tomorrow, today in (
        ("en", r"\w+ \d+, \d{4}, 9:00\sAM", r"tomorrow at 9:00\sAM", r"today at 9:00\sAM"),
        ("de", r"\d+\.\d+\.\d{4}, 09:00", "morgen um 0?9:00", "heute um 0?9:00"),
    ):
        page = new_context(timezone_id="Europe/Berlin", locale=locale).new_page()
        page.goto(pages.write(pages.tag(locale=locale)))
        opens = box(page).locator(".opens")
        at = datetime.fromisoformat(opens.get_attribute("datetime") or "")
        expect(opens).to_have_text(re.compile(r"day|tag"))
        page.clock.install(time=at - timedelta(days=7))
        page.reload()
        opens = box(page).locator(".opens")
        expect(opens).to_have_text(re.compile(f"^{far}$"))
        expect(opens).to_have_attribute("title", re.compile(f"^{far}$"))
        for before, said in ((10, tomorrow), (8, today)):
            page.clock.set_fixed_time(at - timedelta(hours=before))
            page.clock.run_for(61_000)
            expect(opens).to_have_text(re.compile(f"^{said}$"))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo"])
def test_hours_are_the_readers_own(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, zone: str
) -> None:
    """And the site's, where they are others."""
    day = 1 if datetime.now(UTC).weekday() in (2, 3, 4) else 4  # Monday or Thursday: not around now
    hours = {"open_hours": [f"{day} 9:00-10:00"], "hours_zone": "Europe/Berlin"}
    sites.set_policy(people.site, hours, by=people.olga)
    here = "en-US" if zone == "Europe/Berlin" else "en-GB"  # both as the reader writes dates
    page = new_context(timezone_id=zone, locale=here).new_page()
    page.goto(pages.write(pages.tag()))
    opens = box(page).locator(".opens")
    if zone == "Europe/Berlin":
        expect(opens).to_have_text(re.compile(r"^(Mon|Thurs)day at 9:00\sAM$"))
    else:
        here = r"^(Mon|Thurs)day at 1[67]:00 "
        there = r"\(\d+ \w{3,4} \d{4}, 09:00 GMT\+0[12]:00\)$"
        expect(opens).to_have_text(re.compile(here + there))
