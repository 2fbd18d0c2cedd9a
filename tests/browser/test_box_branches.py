"""Long threads: branches are collapsed and stay so, and the way to what a comment answers leads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.sites import commands as sites
from tests.browser.conftest import box, choose
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser


def chain(people: Cast, depth: int) -> list[str]:
    """Comments that answer one another."""
    made: list[str] = []
    for at in range(depth):
        parent = made[-1] if made else None
        made.append(post(people.site, f"Level {at}.", parent=parent).comment.public_id)
    return made


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """By a press on its line or in the menu; remembered, counted, and opened by a link into it."""
    made = chain(people, 5)
    other = post(people.site, "Another.").comment.public_id
    page.goto(article)
    frame = box(page)
    first = frame.locator(f"#c-{made[0]}")
    branch = first.locator("> .replies")
    expect(branch).to_be_visible()
    branch.click(position={"x": 2, "y": 40})
    show = first.locator("> .unfold button")
    expect(show).to_have_text("Show 4 replies")
    expect(show).to_be_focused()
    expect(branch).to_be_hidden()
    page.reload()
    frame = box(page)
    first = frame.locator(f"#c-{made[0]}")
    branch, show = first.locator("> .replies"), first.locator("> .unfold button")
    expect(show).to_have_text("Show 4 replies")
    expect(branch).to_be_hidden()
    page.evaluate(f"location.hash = 'commentsvc={made[1]}'")
    expect(frame.locator(f"#c-{made[1]}.lit")).to_be_in_viewport()
    expect(show).to_be_hidden()
    choose(frame.locator(f"#c-{made[1]}"), "fold")
    expect(frame.locator(f"#c-{made[1]} > .unfold button")).to_have_text("Show 3 replies")
    choose(first, "fold")
    show.click()
    expect(frame.locator(f"#c-{made[1]}")).to_be_focused()
    expect(frame.locator(f"#c-{made[2]}")).to_be_hidden()  # what was collapsed inside stays so
    expect(frame.locator(f"#c-{other} .unfold")).to_have_count(0)


def test_a_press_beside_the_line_does_nothing(page: Page, people: Cast, article: str) -> None:
    made = chain(people, 2)
    page.goto(article)
    frame = box(page)
    frame.locator(f"#c-{made[1]} .text").click()
    frame.locator(f"#c-{made[1]}").click(position={"x": 100, "y": 3})
    expect(frame.locator(f"#c-{made[1]} .text")).to_be_visible()
    expect(frame.locator(".folded")).to_have_count(0)


def test_to_what_a_flat_comment_answers_and_back(page: Page, people: Cast, article: str) -> None:
    sites.set_policy(people.site, {"depth": 1}, by=people.olga)
    _, second = chain(people, 2)
    post(people.site, "\n\n".join(f"Line {each}" for each in range(80)), parent=second)
    third = post(people.site, "The end.", parent=second).comment.public_id
    page.goto(article)
    frame = box(page)
    link = frame.locator(f"#c-{third} .to")
    link.click()
    expect(frame.locator(f"#c-{second}.lit > article")).to_be_in_viewport()
    back = frame.get_by_role("button", name="Back")
    expect(back).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame.locator(f"#c-{third}.lit")).to_be_in_viewport()
    expect(frame.locator(f"#c-{third}")).to_be_focused()
    expect(back).to_have_count(0)


def test_new_comments_are_offered_where_the_reader_is(
    page: Page, people: Cast, article: str
) -> None:
    """In sight, on the page around, but over no form, and gone where the button at the top is seen itself."""
    made = [post(people.site, f"Comment {at}.").comment.public_id for at in range(18)]
    page.goto(article)
    frame = box(page)
    frame.locator(f"#c-{made[0]}").scroll_into_view_if_needed()
    fresh = post(people.site, "Just now.").comment.public_id
    frame.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    pill = frame.locator("#pill button")
    expect(pill).to_have_text("1 new comment")
    expect(pill).to_be_in_viewport(ratio=1)
    frame.locator(f"#c-{made[9]}").evaluate("(node) => node.scrollIntoView({block: 'center'})")
    expect(pill).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, 0)")
    expect(pill).to_be_hidden()
    frame.locator(f"#c-{made[0]}").evaluate("(node) => node.scrollIntoView({block: 'center'})")
    expect(pill).to_be_in_viewport(ratio=1)
    frame.locator(f"#c-{made[3]} [data-action=reply]").press("Enter")
    form = frame.locator(f"#c-{made[3]} form")
    form.evaluate("(node) => node.scrollIntoView({block: 'end'})")
    expect(pill).to_be_hidden()
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_have_count(0)
    frame.locator(f"#c-{made[0]}").evaluate("(node) => node.scrollIntoView({block: 'center'})")
    expect(pill).to_be_in_viewport(ratio=1)
    pill.click()
    expect(frame.locator(f"#c-{fresh}")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_the_path_above_a_named_comment(page: Page, people: Cast, article: str) -> None:
    """Its names open what they stand for, and "Back" returns."""
    made = chain(people, 5)
    page.goto(f"{article}#commentsvc={made[4]}")
    frame = box(page)
    path = frame.get_by_role("navigation", name="Comments above this one").get_by_role("link")
    expect(path).to_have_count(4)
    expect(frame.locator(f"#c-{made[4]}.lit .text")).to_be_visible()
    expect(frame.locator(f"#c-{made[3]} > article")).to_be_visible()
    for hidden in made[:3]:
        expect(frame.locator(f"#c-{hidden} > article")).to_be_hidden()
    path.nth(1).press("Enter")
    expect(frame.locator(f"#c-{made[1]}.lit > article")).to_be_visible()
    expect(frame.locator(f"#c-{made[0]} > article")).to_be_hidden()
    expect(frame.locator("#back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame.locator(f"#c-{made[4]}.lit > article")).to_be_in_viewport()
    expect(frame.locator(f"#c-{made[4]}")).to_be_focused()
