"""Fingers and phones: fields that do not make a phone zoom in, and targets that a finger hits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from commentsvc.core.db import db
from commentsvc.notifications import signed
from commentsvc.threads.models import Thread
from tests.browser.conftest import Open, Server, box
from tests.browser.members import come_back
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Frame, Page

    from tests.people import Cast

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
# What can be pressed, without links in running text (WCAG 2.5.8 lets them be as high as their line).
# A label is as good a target as what it holds.
AUDIT = """() => {
  const all = (css) => [...document.querySelectorAll(css)]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().width > 1);
  const name = (node) => (node.textContent.trim() || node.name || node.id).slice(0, 60);
  const height = (node) => node.getBoundingClientRect().height;
  const tick = "[type=radio], [type=checkbox]";
  const text = ".text, .for, .hint, .muted, .note, li p, blockquote, .skip";
  const small = all("a, button, summary, input, select, textarea")
    .filter((node) => !(node.matches("a") && node.closest(text)))
    .map((node) => [name(node), node.matches(tick) ? height(node.labels[0]) : height(node)])
    .filter(([, high]) => high < 39.5);
  const zooms = all("input, select, textarea")
    .filter((node) => !node.matches(tick) && parseFloat(getComputedStyle(node).fontSize) < 16);
  return {small, zooms: zooms.map(name)};
}"""
NOTHING: dict[str, list[str]] = {"small": [], "zooms": []}


def audit(page: Page | Frame) -> Any:
    return page.evaluate(AUDIT)


def test_it_works(new_context: Callable[..., BrowserContext], people: Cast, article: str) -> None:
    """The box: with the composer, an answer, a report and a notice of what was published."""
    first = post(people.site, "First, with [a link](https://example.org/).").comment
    for number in range(8):
        post(people.site, f"Reply {number}.", parent=first.public_id)
    page = new_context(**PHONE).new_page()
    page.goto(article)
    frame = box(page)
    assert audit(frame) == NOTHING
    faces = frame.locator(".face").evaluate_all("(all) => all.map((node) => node.offsetWidth)")
    assert len(faces) > 1 and len({*faces}) == 1  # those of replies are no larger
    frame.locator("#write textarea").tap()
    frame.locator("#write textarea").fill("Mine.")
    frame.locator("#write label input").fill("Edda")
    assert audit(frame) == NOTHING
    frame.locator("#write .go").tap()
    mine = frame.locator("#list > .c").first
    expect(mine.locator(".done")).to_be_visible()
    mine.locator(".dots summary").tap()
    expect(mine.get_by_role("menu")).to_be_visible()
    assert audit(frame) == NOTHING
    mine.locator("[data-action=withdraw]").tap()
    expect(mine.locator("form.panel")).to_be_visible()
    assert audit(frame) == NOTHING
    frame.locator(f"#c-{first.public_id} .dots summary").first.tap()
    frame.locator(f"#c-{first.public_id} [data-action=flag]").first.tap()
    frame.get_by_label("Illegal content").check()
    expect(frame.locator("form.panel")).to_have_count(1)
    assert audit(frame) == NOTHING


WINDOWS = [
    "/embed/sign-in?site=harbour&nonce=" + "a" * 32,
    "/embed/sign-in?site=harbour&new=1&nonce=" + "a" * 32,
    "/embed/notice?comment={comment}",
    "/account/sign-in",
    "/account/forgot",
    "/account/register",
]


def test_windows_and_account_pages(
    new_context: Callable[..., BrowserContext], people: Cast, live: Server
) -> None:
    made = post(people.site, "First.").comment
    page = new_context(**PHONE).new_page()

    @every_row("path", WINDOWS)
    def look(path: str) -> None:
        answer = page.goto(live.url + path.format(comment=made.public_id))
        assert answer is not None and answer.status == 200
        assert audit(page) == NOTHING

    look()


@pytest.mark.parametrize("width", [360, pytest.param(1024, marks=pytest.mark.drill)])
def test_ones_own_page(open_as: Open, people: Cast, width: int) -> None:
    post(people.site, "You idiot.", user=people.rita)
    viewport = {"width": width, "height": 740}
    page = open_as("rita", "/account/", **{**PHONE, "viewport": viewport})
    for each in page.locator("details:not([open]) > summary").all():
        each.tap()
    assert audit(page) == NOTHING


def test_the_pages_of_staff(open_as: Open, people: Cast, live: Server) -> None:
    held = post(people.site, "You idiot.", name="Di").comment
    page = open_as("olga", "/account/", **PHONE)
    for each in page.locator("details:not([open]) > summary").all():
        each.tap()
    assert audit(page) == NOTHING
    token = signed.decide_token(people.mona, held.public_id, held.version)
    mailed = f"/account/letters/decide?do=reject&token={token}"
    for path in ("/account/security", mailed, "/dashboard/channels", "/dashboard/log"):
        page.goto(f"{live.url}{path}")
        assert audit(page) == NOTHING, path
    page.goto(f"{live.url}/dashboard/sites/harbour/moving")
    found = audit(page)
    assert found["zooms"] == []
    top = [each.inner_text() for each in page.locator(".top :is(nav a, summary)").all()]
    assert top and not [each for each in found["small"] if each[0] in top]


def test_what_a_moderator_presses(open_as: Open, people: Cast, live: Server) -> None:
    """No key is named, nothing is low, and what belongs together stands side by side."""
    held = post(people.site, "You idiot.", user=people.rita).comment
    page = open_as("olga", "/dashboard/", **PHONE)
    card = page.locator("#cards .card")
    card.locator("[data-action=reply]").tap()
    expect(card.locator(".reply-form .hint")).to_be_visible()
    expect(card.locator(".reply-form .keyed")).to_be_hidden()
    expect(page.locator("kbd:visible")).to_have_count(0)
    page.goto(f"{live.url}/dashboard/people/{people.rita.public_id}")
    sanction = page.locator("summary", has_text="Sanction ")
    sanction.tap()
    expect(page.locator("form.sanction")).to_be_visible()
    assert sanction.evaluate("node => node.getBoundingClientRect().height") >= 39.5
    page.goto(f"{live.url}/dashboard/comments/{held.public_id}")
    tops = page.locator(".acts-on > form:not(.row):not(.claim-form) > button").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().top)"
    )
    assert len(tops) == 2 and len({*tops}) == 1
    page.goto(f"{live.url}/dashboard/people")
    form = page.locator("form.seek").evaluate("node => node.getBoundingClientRect().width")
    main = page.locator("main").evaluate("node => node.clientWidth")
    assert form >= main - 33  # all of it but for the page's margin
    person = page.locator(".table.brief tbody tr").first
    assert person.evaluate("node => node.getBoundingClientRect().height") < 120  # not six lines


def test_long_words_stay_on_their_card(open_as: Open, people: Cast) -> None:
    post(people.site, "You idiot.", user=people.rita)
    narrow = {**PHONE, "viewport": {"width": 320, "height": 640}, "locale": "de"}
    page = open_as("olga", "/dashboard/", **narrow)
    page.locator("details.reject > summary").tap()
    expect(page.locator(".reasons")).to_be_visible()
    ends = page.locator(".card .side > *, .reasons label > *").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().right)"
    )
    assert len(ends) > 12 and max(ends) <= 304  # the picker's padding


def test_the_limits_of_a_policy(open_as: Open, people: Cast) -> None:
    page = open_as("olga", "/dashboard/sites/harbour/policy", **PHONE)
    fields = page.locator(".limit input[type=number]")
    heights = fields.evaluate_all("all => all.map((each) => each.getBoundingClientRect().height)")
    assert len(heights) > 5 and min(heights) >= 39.5


def test_keys_are_named_only_where_there_are_keys(
    new_context: Callable[..., BrowserContext], open_as: Open, people: Cast, article: str
) -> None:
    made = post(people.site, "I took the tram.", user=people.max).comment
    thread = db.session.get_one(Thread, made.thread_id)
    visits = f'{{"{thread.public_id}": [0, 1000]}}'
    for about, words in ((PHONE, "Next"), ({}, "Next (n)")):
        page = new_context(**about).new_page()
        frame = come_back(page, article, people.rita, people.site)
        expect(frame.locator("#bell")).to_be_visible()
        frame.evaluate(
            "kept => localStorage.setItem(encodeURIComponent('commentsvc:harbour:visits'), kept)",
            visits,
        )
        page.reload()
        expect(box(page).locator("[data-action=next-new]")).to_have_text(words)
    post(people.site, "You idiot.", user=people.rita)
    page = open_as("mona", "/dashboard/")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator(".reply-form .keyed")).to_have_text("Ctrl-Enter sends it.")
    path = f"/dashboard/people/{people.rita.public_id}"
    for about, shown in ((PHONE, 0), ({}, 1)):
        page = open_as("mona", path, **about)
        page.locator("summary", has_text="Sanction ").first.click()
        page.locator("form.sanction").get_by_text("Suspend", exact=True).check()
        expect(page.locator("form.sanction .lengths")).to_be_visible()
        assert page.locator("form.sanction kbd:visible").count() == 4 * shown
