"""Pages that come back: routers swap bodies and keep copies of pages. One live box, whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Pages, box
from tests.browser.odd import lay_out
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

#: `make test` sees one that keeps copies of pages, one that runs no script again, and Facebook's markup.
ROUTERS = [
    "turbo",
    pytest.param("turbo-head", marks=pytest.mark.drill),
    pytest.param("htmx", marks=pytest.mark.drill),
    pytest.param("swup", marks=pytest.mark.drill),
    "swap",
    "navigation",
    pytest.param("facebook", marks=pytest.mark.drill),
    "facebook-head",
    pytest.param("router-containers", marks=pytest.mark.drill),
]
ONE = """() => {
    const frames = [...document.querySelectorAll("iframe")];
    return frames.length === 1 && frames[0].dataset.commentsvc === "shown" && frames[0].offsetHeight > 100;
}"""


def one_box_says(page: Page, text: str) -> None:
    expect(page.frame_locator("iframe").locator(".text")).to_have_text(text)
    page.wait_for_function(ONE)
    page.wait_for_timeout(100)  # whatever else the router has in mind
    page.wait_for_function(ONE)


@pytest.mark.parametrize("router", ROUTERS)
def test_it_works(page: Page, people: Cast, pages: Pages, router: str) -> None:
    address = lay_out(pages, router, f"{pages.url}/article")
    post(people.site, "On one.", href=address)
    post(people.site, "On two.", href=f"{address}?page=2")
    page.goto(address)
    one_box_says(page, "On one.")
    page.evaluate("window.same = true")
    page.locator("#next").click()
    page.wait_for_url("**page=2")
    one_box_says(page, "On two.")
    for go, text in (
        (page.go_back, "On one."),
        (page.go_forward, "On two."),
        (page.go_back, "On one."),
    ):
        go()
        one_box_says(page, text)
    assert page.evaluate("window.same")  # it was the router, not the browser


def test_a_link_to_a_comment_under_a_router(page: Page, people: Cast, pages: Pages) -> None:
    """The page restores no scroll, and the Navigation API tells the router first."""
    address = lay_out(pages, "navigation", f"{pages.url}/article")
    comments = [post(people.site, f"Comment {at}.", href=address).comment for at in range(30)]
    page.goto(address)
    frame = box(page)
    expect(frame.locator(".text").first).to_have_text("Comment 29.")
    before = page.evaluate("history.length")
    for at in (15, 20):
        page.evaluate("id => { location.hash = 'commentsvc=' + id }", comments[at].public_id)
        expect(frame.locator(f"#c-{comments[at].public_id}")).to_be_in_viewport()
    assert page.evaluate("history.length") == before + 2
    page.go_back()
    expect(frame.locator(f"#c-{comments[15].public_id}")).to_be_in_viewport()
    expect(page.locator("iframe")).to_have_count(1)


def test_a_copy_of_a_place_is_taken_over(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(f"<main>{pages.tag()}</main>"))
    page.wait_for_function(ONE)
    for change in (
        "document.body.append(document.querySelector('main').cloneNode(true))",
        "document.querySelector('main').outerHTML += ''",
    ):
        page.evaluate(change)
        page.wait_for_function(ONE)  # the copy's frame may have to load


def test_a_copy_goes_before_its_scripts_run_again(page: Page, people: Cast, pages: Pages) -> None:
    """No moment with two boxes: a router puts a copy in place and runs the scripts in it at once."""
    page.goto(pages.write(f"<main>{pages.tag()}</main>"))
    page.wait_for_function(ONE)
    frames = page.evaluate("""() => {
        document.querySelector("main").outerHTML += "";
        commentsvc.start(document.querySelector("main script"));
        return document.querySelectorAll("iframe").length;
    }""")
    assert frames == 1
    page.wait_for_function(ONE)


def test_a_box_stays_while_the_page_changes_around_it(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").fill("Half a thought")
    page.evaluate(
        """() => { for (let i = 0; i < 50; i++) document.body.append(document.createElement("p")) }"""
    )
    page.evaluate("location.hash = 'elsewhere'")
    page.wait_for_timeout(100)
    expect(frame.locator("#write textarea")).to_have_value("Half a thought")


def test_what_is_unmounted_stays_away(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(f"<div id=spot></div>{pages.tag()}"))
    page.wait_for_function(ONE)
    page.evaluate("""commentsvc.mount(spot, {site: "harbour", lazy: "no"})""")
    expect(page.locator("iframe")).to_have_count(2)
    page.evaluate("commentsvc.unmount(spot); document.body.append('text')")
    page.wait_for_timeout(100)
    assert page.evaluate(ONE)
