"""The loader: where boxes stand, how many there are, and what a page can do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTICLE, Pages, Server, box, choose, write
from tests.browser.held import until
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(f"<p id=a>Before</p>{pages.tag(locale='de')}<p id=b>After</p>"))
    box(page)
    frame = page.locator("iframe")
    above, below = page.locator("#a").bounding_box(), page.locator("#b").bounding_box()
    at = frame.bounding_box()
    assert above and below and at and above["y"] < at["y"] < below["y"]
    expect(frame).to_have_attribute("title", "Kommentare")
    # what stands in the window is asked for at once, the rest when the reader comes near
    expect(frame).to_have_attribute("loading", "")
    page.goto(pages.write(f"<p style='height: 9000px'>Long</p>{pages.tag()}"))
    expect(frame).to_have_attribute("loading", "lazy")
    expect(frame).to_have_attribute("data-commentsvc", "waiting")


def test_a_tag_twice_is_one_box(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(f"{pages.tag()}<p>Between</p>{pages.tag()}"))
    box(page)
    page.wait_for_timeout(100)
    assert page.locator("iframe").count() == 1
    page.evaluate(
        """() => Promise.all([...document.querySelectorAll("script")].map((old) => {
            const again = document.createElement("script");
            for (const {name, value} of old.attributes) again.setAttribute(name, value);
            old.after(again);
            return new Promise((done) => { again.onload = done; });
        }))"""
    )
    page.wait_for_timeout(100)
    assert page.locator("iframe").count() == 1


def test_containers(page: Page, people: Cast, pages: Pages, live: Server) -> None:
    post(people.site, "On two.", href=f"{ARTICLE}-2")
    page.goto(
        pages.write(
            f'<div class="commentsvc" data-site="harbour" data-href="{ARTICLE}"></div>'
            f'<div class="commentsvc" data-site="harbour" data-href="{ARTICLE}-2"></div>',
            head=f'<script async src="{live.url}/embed.js"></script>',
        )
    )
    expect(box(page, 0).locator("#empty")).to_be_visible()
    expect(box(page, 1).locator(".text")).to_have_text("On two.")
    assert page.locator("iframe").count() == 2
    for at in (0, 1):  # each is as tall as its own content
        inside = box(page, at).evaluate("document.body.offsetHeight")
        expect(page.locator("iframe").nth(at)).to_have_js_property("offsetHeight", inside)


def test_a_tag_in_the_head(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write("<p>Text</p>", head=pages.tag()))
    expect(box(page).locator("#empty")).to_be_visible()


def test_the_pages_own_address_and_its_canonical_one(
    page: Page, people: Cast, pages: Pages
) -> None:
    post(people.site, "Under the canonical address.")
    head = f'<link rel="canonical" href="{ARTICLE}">'
    page.goto(pages.write(pages.tag(href=None), head=head) + "?utm_source=x")
    expect(box(page).locator(".text")).to_have_text("Under the canonical address.")


def test_width(page: Page, people: Cast, pages: Pages) -> None:
    widths = {"500": 500, "500px": 500, "100": 320, "100%": 884, "x": 884}
    for asked, measured in widths.items():
        page.goto(pages.write(pages.tag(width=asked)))
        box(page)
        size = page.locator("iframe").bounding_box()
        assert size is not None and size["width"] == measured, asked


def test_the_frame_is_as_tall_as_what_is_in_it(page: Page, people: Cast, article: str) -> None:
    for _ in range(3):
        post(people.site)
    page.goto(article)
    frame = box(page)
    inside = frame.evaluate("document.body.offsetHeight")
    expect(page.locator("iframe")).to_have_js_property("offsetHeight", inside)
    assert frame.evaluate("document.documentElement.scrollHeight") <= inside + 1


def test_a_page_can_mount_listen_and_unmount(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(f"{pages.tag()}<div id=spot></div>"))
    box(page)
    page.evaluate(
        f"""() => {{
            window.heard = [];
            commentsvc.on("comment.create", (detail) => heard.push(["create", detail]));
            commentsvc.on("comment.remove", (detail) => heard.push(["remove", detail]));
            window.counts = [];
            commentsvc.on("comment.count", ({{ count }}) => counts.push(count));
            commentsvc.on("constructor", () => heard.push("wrong"));
            commentsvc.mount(spot, {{ site: "harbour", href: "{ARTICLE}-spa", lazy: "false" }});
        }}"""
    )
    frame = box(page, 1)
    write(frame, "Counted.")
    expect(frame.locator("#list .text")).to_have_text("Counted.")
    mine = frame.locator("#list > .c")
    public_id = mine.get_attribute("data-id")
    choose(mine, "withdraw")
    mine.locator("form.panel .do").click()
    expect(frame.locator("#list > .c")).to_have_count(0)
    heard = page.evaluate("heard")
    assert [name for name, _ in heard] == ["create", "remove"]
    until(page, lambda: page.evaluate("counts") == [1, 0], "the numbers have not been told")
    assert heard[0][1]["commentID"] == heard[1][1]["commentID"] == public_id
    assert heard[0][1]["href"] == f"{ARTICLE}-spa" and heard[0][1]["message"] == "Counted."
    page.evaluate("commentsvc.unmount(spot)")
    assert page.locator("iframe").count() == 1


@pytest.mark.parametrize("boxes", [25, pytest.param(100, marks=pytest.mark.drill)])
def test_many_boxes_come_and_go(page: Page, people: Cast, pages: Pages, boxes: int) -> None:
    page.add_init_script(
        """window.listeners = 0; const add = EventTarget.prototype.addEventListener;
        EventTarget.prototype.addEventListener = function () {
            if (this === window) window.listeners++;
            return add.apply(this, arguments);
        };"""
    )
    page.goto(pages.write(f"{pages.tag()}<div id=spot></div>"))
    box(page)
    before = page.evaluate("listeners")
    for _ in range(boxes):
        page.evaluate(
            f"""() => {{
                const node = document.createElement("div");
                spot.replaceChildren(node);
                commentsvc.mount(node, {{ site: "harbour", href: "{ARTICLE}-spa" }});
            }}"""
        )
    page.evaluate("spot.replaceChildren()")
    assert page.locator("iframe").count() == 1
    assert page.evaluate("listeners") == before
    expect(box(page).locator("#write textarea")).to_be_visible()


def test_another_comment_is_named_while_the_page_is_open(
    page: Page, people: Cast, article: str
) -> None:
    made = [post(people.site, f"Comment {number}.").comment for number in range(8)]
    page.goto(article)
    frame = box(page)
    page.evaluate(f'location.hash = "fb_comment_id=1_{made[0].public_id}"')
    expect(frame.locator(".lit .text")).to_have_text("Comment 0.")


def test_the_box_is_removed_while_posting(page: Page, people: Cast, article: str) -> None:
    errors: list[object] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(article)
    write(box(page), "Gone in a moment.")
    page.evaluate('document.querySelector("iframe").remove()')
    page.wait_for_timeout(500)
    assert errors == []
