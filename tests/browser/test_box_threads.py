"""Reading a conversation in the box: whole branches, one comment with those above it, and days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import update

from commentsvc.core.db import db
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment, Thread
from tests.browser.conftest import Pages, box, choose, write
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from tests.people import Cast

pytestmark = pytest.mark.browser


def chain(people: Cast, length: int) -> list[str]:
    """Comments that answer one another; their ids."""
    made: list[str] = []
    for at in range(length):
        above = made[-1] if made else None
        posted = post(people.site, f"Link {at}.", name=f"Reader {at}", parent=above)
        made.append(posted.comment.public_id)
    return made


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """A chain of 16 is whole after one press; what is too deep to be indented names whom it answers."""
    made = chain(people, 16)
    page.goto(article)
    frame = box(page)
    expect(frame.locator(".c")).to_have_count(3)
    frame.get_by_text("Show 13 more replies").click()
    expect(frame.locator(".c")).to_have_count(16)
    expect(frame.locator(".more")).to_have_count(0)
    left = frame.locator(".c > article > header").evaluate_all(
        "all => new Set(all.map(each => each.getBoundingClientRect().left)).size"
    )
    assert left == 4
    last = frame.locator(f"#c-{made[15]}")
    expect(last.locator(".to")).to_have_text("↳ to Reader 14")
    last.locator(".to").click()
    expect(frame.locator(f"#c-{made[14]}.lit")).to_be_visible()


def test_an_answer_in_a_flat_branch_stands_below_what_it_answers(
    page: Page, people: Cast, article: str
) -> None:
    sites.set_policy(people.site, {"depth": 2}, by=people.olga)
    made = chain(people, 4)
    post(people.site, "Side.", parent=made[1])
    page.goto(article)
    frame = box(page)
    expect(frame.locator(".c")).to_have_count(5)
    frame.locator(f"#c-{made[2]} [data-action=reply]").click()
    form = frame.locator("#list form.write")
    form.locator("textarea").fill("Mine.")
    form.locator("label input").fill("Edda")
    form.locator(".go").click()
    mine = frame.locator(".c", has_text="Mine.").last
    expect(mine.locator(".to")).to_have_text("↳ to Reader 2")
    texts = frame.locator(".flat > .c > article .text")
    expect(texts).to_have_text(["Link 2.", "Link 3.", "Mine.", "Side."])
    page.reload()
    again = box(page)
    again.locator("#me :is(a, button)").first.wait_for()  # who reads is known
    again.locator("[data-action=replies]").first.click()
    expect(again.locator(".flat > .c > article .text")).to_have_text(
        ["Link 2.", "Link 3.", "Mine.", "Side."]
    )


def test_a_permalink_and_then_all_comments_in_their_place(
    page: Page, people: Cast, article: str
) -> None:
    """That it is one of many is said; then it stands where it belongs, in view, marked and in focus."""
    made = [post(people.site, f"Filler {number}.").comment.public_id for number in range(12)]
    parent = post(people.site, "Parent.", parent=made[6]).comment
    child = post(people.site, "Child.", parent=parent.public_id).comment
    sites.set_policy(people.site, {"default_sort": "oldest"}, by=people.olga)
    page.goto(f"{article}?fb_comment_id=fbc_1_2_{child.public_id}")
    frame = box(page)
    expect(frame.locator(f"#c-{parent.public_id} .c .text")).to_have_text("Child.")
    expect(frame.locator(".lit > article .text")).to_have_text("Child.")
    expect(frame.locator(f"#c-{made[6]} > article")).to_be_hidden()
    expect(frame.locator("#sort")).to_be_hidden()
    expect(frame.locator(".lit > article")).to_be_in_viewport(ratio=1)
    expect(frame.locator("#one")).to_be_in_viewport(ratio=1)
    expect(frame.locator("#one")).to_contain_text("You’re viewing one comment and its replies.")
    frame.locator(f"#c-{child.public_id} [data-action=reply]").press("Enter")
    frame.locator("#list form textarea").fill("Half a sen")
    frame.get_by_role("link", name="All comments (14)").click()
    expect(frame.locator("#list > .c > article > .text")).to_have_text(
        [f"Filler {number}." for number in range(12)]
    )
    expect(frame.locator(f"#c-{made[6]} #c-{parent.public_id} .lit > article")).to_be_in_viewport()
    expect(frame.locator(f"#c-{child.public_id}")).to_be_focused()
    expect(frame.locator("#list form textarea")).to_have_value("Half a sen")
    expect(frame.locator("#one, #path, .passed")).to_have_count(0)
    expect(frame.locator("#sort [aria-current]")).to_have_text("Oldest")
    expect(frame.locator("#sort")).to_be_visible()
    page.goto(f"{article}?fb_comment_id=1_nosuchcomment")
    expect(box(page).locator("#gone")).to_contain_text("can’t be shown")


def test_another_comment_is_named_while_the_page_is_open(
    page: Page, people: Cast, article: str
) -> None:
    """It comes into the list; what was unfolded and what is being written stay."""
    made = chain(people, 8)
    post(people.site, "Other.")
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").click()
    frame.locator("#write textarea").fill("Half a sen")
    page.evaluate(f"location.hash = 'fb_comment_id=t_{made[7]}'")
    expect(frame.locator(f"#c-{made[7]}.lit")).to_be_visible()
    expect(frame.locator(f"#c-{made[0]}")).to_have_count(1)
    expect(frame.locator("#write textarea")).to_have_value("Half a sen")
    page.evaluate("location.hash = 'fb_comment_id=t_nosuchcomment'")
    expect(frame.locator("#gone")).to_contain_text("can’t be shown")


def test_offline_the_tabs_keep_their_words(page: Page, people: Cast, article: str) -> None:
    for number in range(3):
        post(people.site, f"Comment {number}.")
    page.goto(article)
    frame = box(page)
    tab = frame.get_by_role("link", name="Newest")

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/embed/thread?*part=list*", cut)
    tab.click()
    said = frame.locator("#unread")
    expect(said).to_have_text("This couldn’t be loaded. Check your connection and try again.")
    expect(tab).to_have_text("Newest")
    tab.click()
    expect(said).to_have_count(1)
    page.unroute("**/embed/thread?*part=list*", cut)
    tab.click()
    expect(tab).to_have_attribute("aria-current", "true")
    expect(said).to_have_count(0)


def test_offline_likes_and_previews_say_what_failed(page: Page, people: Cast, article: str) -> None:
    post(people.site, "First.")
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").click()
    frame.locator("#write textarea").fill("Mine **here**.")

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/**", cut)
    frame.locator("#list [data-action=like]").click()
    expect(frame.locator("#list .tell")).to_contain_text("This wasn’t saved.")
    frame.locator("#write .seen").click()
    expect(frame.locator("#write .tell")).to_contain_text("The preview couldn’t be loaded.")
    page.unroute("**/api/v1/**", cut)
    frame.locator("#list [data-action=like]").click()
    expect(frame.locator("#list [aria-pressed=true]")).to_be_visible()
    expect(frame.locator("#list .tell")).to_have_count(0)
    frame.locator("#write .seen").click()
    expect(frame.locator("#write .look strong")).to_have_text("here")
    expect(frame.locator("#write .tell")).to_be_empty()


NOW = datetime(2026, 11, 28, 23, 0, tzinfo=UTC)  # in Auckland it is noon on Sunday, the 29th


#: Note which comments' dates are written.
WATCHES = """() => {
    window.touched = new Set();
    const note = (all) => {
        for (const { target } of all) touched.add(target.parentElement.closest(".c").dataset.id);
    };
    const kinds = { attributes: true, characterData: true, childList: true, subtree: true };
    const watch = new MutationObserver(note);
    for (const each of document.querySelectorAll("#list time")) watch.observe(each, kinds);
}"""
#: Where a reader is -> how long ago something was written, and what the box says of that.
DAYS = {
    "Pacific/Auckland": {
        timedelta(minutes=59, seconds=50): "59 minutes ago",
        timedelta(hours=23): "23 hours ago",
        timedelta(hours=25): "yesterday",
        timedelta(hours=35): "yesterday",
        timedelta(hours=37): "2 days ago",
    },
    "America/New_York": {
        timedelta(hours=37): "yesterday",
        timedelta(hours=43): "2 days ago",
        timedelta(days=7, hours=17): "7 days ago",
        timedelta(days=7, hours=19): "Nov 20, 2026",
    },
}


@pytest.mark.parametrize("zone", DAYS)
def test_days_are_the_readers_own(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, zone: str
) -> None:
    """A minute later, only what changes is touched: of thousands, all would be laid out anew."""
    said = {}
    for ago, words in DAYS[zone].items():
        made = post(people.site, f"{ago} ago.").comment
        then = update(Comment).where(Comment.id == made.id).values(created_at=NOW - ago)
        db.session.execute(then)
        said[made.public_id] = words
    db.session.commit()
    page = new_context(timezone_id=zone).new_page()
    page.clock.install(time=NOW - timedelta(hours=1))
    page.clock.pause_at(NOW)
    page.goto(pages.write(pages.tag()))
    frame = box(page)
    for public_id, words in said.items():
        expect(frame.locator(f"#c-{public_id} time")).to_have_text(words)
    frame.evaluate(WATCHES)
    page.clock.run_for(61_000)
    soon = [(each, "1 hour ago") for each, words in said.items() if words == "59 minutes ago"]
    for public_id, words in soon:
        expect(frame.locator(f"#c-{public_id} time")).to_have_text(words)
    assert sorted(frame.evaluate("[...touched]")) == [each for each, _ in soon]


def write_titled(people: Cast) -> None:
    """A comment on an article whose title is known."""
    made = post(people.site, "First.").comment
    db.session.execute(update(Thread).where(Thread.id == made.thread_id).values(title="A · B"))
    db.session.commit()


def test_ones_own_post_and_withdrawal_are_counted_at_once(
    page: Page, people: Cast, article: str
) -> None:
    write_titled(people)
    page.goto(article)
    frame = box(page)
    expect(page.locator("iframe")).to_have_attribute("title", "1 comment · A · B")
    write(frame, "Second.")
    expect(frame.locator("#count")).to_have_text("2 comments")
    expect(page.locator("iframe")).to_have_attribute("title", "2 comments · A · B")
    mine = frame.locator("#list > .c").first
    choose(mine, "withdraw")
    mine.locator("form.panel .do").click()
    expect(frame.locator("#count")).to_have_text("1 comment")
    expect(page.locator("iframe")).to_have_attribute("title", "1 comment · A · B")
    write(frame, "You idiot.")
    frame.locator(".ask [type=submit]").click()
    expect(frame.locator(".pending")).to_be_visible()
    expect(frame.locator("#count")).to_have_text("1 comment")


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.drill)])
def test_numbers_of_lists_are_whole(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, width: int
) -> None:
    """A number hangs left of its text, at most so far that the text's own box holds it."""
    for source in ("98. a\n99. b\n100. c", "9998. a\n9999. b", numbered(12), numbered(120)):
        post(people.site, source, user=people.mona)
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(article)
    lists = (
        box(page)
        .locator(".text ol")
        .evaluate_all(
            """all => all.map(ol => {
          const last = (ol.start || 1) + ol.children.length - 1;
          const pen = document.createElement("canvas").getContext("2d");
          pen.font = getComputedStyle(ol).font;
          const room = ol.firstElementChild.getBoundingClientRect().left
            - ol.closest(".text").getBoundingClientRect().left;
          return [pen.measureText(`${last}. `).width, room];
        })"""
        )
    )
    assert len(lists) == 4
    assert [each for each in lists if each[0] > each[1]] == []


def numbered(most: int) -> str:
    return "\n".join(f"{number}. item" for number in range(1, most + 1))
