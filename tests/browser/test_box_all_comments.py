"""From one comment that a link named to all comments: those of the plain page, in its order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Page, expect
from sqlalchemy import update

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment
from commentsvc.threads.pages import SORTS
from commentsvc.threads.status import rank_of
from tests.browser.conftest import box
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from tests.people import Cast

pytestmark = pytest.mark.browser

#: What each comment answers, by name, in the order of time.
TREE = {
    **{f"top {at}": "" for at in range(7)},
    **{f"reply {at}": "top 3" for at in range(7)},
    **{f"deep {at}": f"{'deep' if at else 'reply'} {at - 1 if at else 5}" for at in range(6)},
    **{f"beside {at}": "deep 2" for at in range(3)},
    "lone": "reply 1",
}
LIKES = {"top 3": 9, "top 5": 7, "reply 6": 6, "top 1": 4, "beside 2": 3}


def planted(people: Cast) -> dict[str, str]:
    """The tree, a minute between two comments, on pages of five. name -> id"""
    sites.set_policy(people.site, {"page_size": 5, "depth": 3}, by=people.olga)
    made: dict[str, str] = {}
    start = clock.now() - timedelta(hours=5)
    for name, above in TREE.items():
        made[name] = post(people.site, name, parent=made.get(above)).comment.public_id
    with unit_of_work():
        for at, (name, public_id) in enumerate(made.items()):
            likes = LIKES.get(name, 0)
            replies = list(TREE.values()).count(name)
            values = {"like_count": likes, "rank": rank_of(likes, replies, pinned=False)}
            which = update(Comment).where(Comment.public_id == public_id)
            db.session.execute(which.values(**values, created_at=start + timedelta(minutes=at)))
    return made


def texts(frame: Frame) -> list[str]:
    """The comments on the page, in order."""
    found = frame.locator("#box .text").evaluate_all(
        "all => all.filter(each => each.checkVisibility()).map(each => each.textContent.trim())"
    )
    return [str(each) for each in found]


def all_comments(frame: Frame) -> list[str]:
    frame.get_by_role("link", name="All comments").click()
    expect(frame.locator("#one")).to_have_count(0)
    return texts(frame)


def ordered(people: Cast, sort: str) -> None:
    sites.set_policy(people.site, {"default_sort": sort}, by=people.olga)


#: A top comment, replies that the plain page shows or not, deep ones, and one on the next page.
NAMED = ("top 3", "reply 1", "reply 6", "deep 1", "deep 5", "beside 0", "top 0", "top 6")


@pytest.mark.parametrize("width", [1280, pytest.param(360, marks=pytest.mark.drill)])
@pytest.mark.parametrize("sort", SORTS)
def test_it_works(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, sort: str, width: int
) -> None:
    """The permalinked one is among them, in its place; pressing what is left shows the rest in order."""
    made = planted(people)
    ordered(people, sort)
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(article)
    plain = texts(box(page))
    whole = unfolded(box(page))
    assert sorted(whole) == sorted(TREE)
    for name in NAMED:
        page.goto("about:blank")
        page.goto(f"{article}#commentsvc={made[name]}")
        frame = box(page)
        expect(frame.locator(f"#c-{made[name]}.lit")).to_be_visible()
        shown = all_comments(frame)
        assert [each for each in shown if each in plain] == plain, name
        assert name in shown and len(shown) == len(set(shown)), name
        assert set(shown) <= {name, *plain, *above(name), *below(name)}, name
        # one from the next page stands last on this one
        assert shown == [each for each in whole if each in shown], name
        expect(frame.locator(f"#c-{made[name]}")).to_be_focused()
        assert unfolded(frame) == whole, name


def above(name: str) -> list[str]:
    return [TREE[name], *above(TREE[name])] if TREE[name] else []


def below(name: str) -> list[str]:
    return [each for each in TREE if name in above(each)]


def unfolded(frame: Frame) -> list[str]:
    """Press whatever shows more, until nothing does."""
    links = frame.locator("[data-action=replies]:visible, [data-action=more]:visible")
    while links.count():
        link = links.first.element_handle()
        link.evaluate("(link) => link.click()")  # wherever it is: the page is still moving
        frame.wait_for_function("(link) => !link.isConnected", arg=link)
    return texts(frame)


def test_the_order_that_the_reader_chose_holds_here_too(
    page: Page, people: Cast, article: str
) -> None:
    made = planted(people)
    page.goto(article)
    frame = box(page)
    frame.get_by_role("link", name="Newest").click()
    expect(frame.get_by_role("link", name="Newest")).to_have_attribute("aria-current", "true")
    plain = texts(frame)
    assert plain[0] == "top 6"
    page.goto("about:blank")
    page.goto(f"{article}#commentsvc={made['reply 6']}")
    shown = all_comments(box(page))
    assert [each for each in shown if each in plain] == plain and "reply 6" in shown
    expect(box(page).locator("#sort [aria-current]")).to_have_text("Newest")


#: A form that has opened is brought into view after a pause (lib/host.js), which would lead away
#: from the link. Timers of one frame end in their order, however slow the machine is.
FORM_IS_SHOWN = """() => new Promise((done) =>
  setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 300))"""


def test_what_is_being_written_stays(page: Page, people: Cast, article: str) -> None:
    """Also where a link opens another comment of the same conversation, and where the rest is shown."""
    made = planted(people)
    ordered(people, "oldest")
    page.goto(article)
    frame = box(page)
    frame.locator(f"#c-{made['reply 1']} > article [data-action=reply]").click()
    frame.locator(f"#c-{made['reply 1']} textarea").fill("Half a sen")
    before = texts(frame)
    frame.evaluate(FORM_IS_SHOWN)
    page.evaluate(f"location.hash = 'commentsvc={made['deep 4']}'")
    expect(frame.locator(f"#c-{made['deep 4']}.lit")).to_be_in_viewport()
    shown = texts(frame)
    assert [each for each in shown if each in before] == before
    assert set(shown) == {*before, "deep 4", *above("deep 4"), *below("deep 4")}
    expect(frame.locator("#list form textarea")).to_have_value("Half a sen")
    whole = unfolded(frame)
    assert sorted(whole) == sorted(TREE)
    assert [each for each in whole if each in shown] == shown
    expect(frame.locator(f"#c-{made['reply 1']} > article textarea")).to_have_value("Half a sen")
