"""The box on a page of another origin: it shows, reads, writes, and the page stays a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import ARTICLE, Pages, Server, box, choose, write
from tests.browser.held import Held
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser(sample=7)

LOOKS_AGAIN = 10_500  # milliseconds, a little more than between two looks for what is new


def page_with_a_clock(context: BrowserContext) -> Page:
    """A page whose time can be put forward."""
    context.clock.install()
    return context.new_page()


def test_it_works(page: Page, people: Cast, article: str) -> None:
    post(people.site, "The ferry was late again.")
    page.goto(article)
    frame = box(page)
    expect(frame.locator("#count")).to_have_text("1 comment")
    expect(frame.locator(".text")).to_have_text("The ferry was late again.")
    write(frame, "I was on **that** ferry.")
    mine = frame.locator("#list > .c").first
    expect(mine.locator(".text strong")).to_have_text("that")
    expect(mine.locator(".by")).to_have_text("Edda")
    expect(frame.locator("#write textarea")).to_have_value("")


def test_a_page_asks_nobody_but_us_and_gets_no_cookie(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, live: Server
) -> None:
    post(people.site)
    context = new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(article)
    box(page)
    page.wait_for_timeout(300)
    ours = (live.url, article.rsplit("/", 1)[0], "data:")
    assert [url for url in asked if not url.startswith(ours)] == []
    assert context.cookies() == []


def test_a_second_reader_finds_it_behind_a_button(
    new_context: Callable[..., BrowserContext], people: Cast, article: str
) -> None:
    post(people.site, "First.")
    one, two = (page_with_a_clock(new_context()) for _ in range(2))
    one.goto(article)
    two.goto(article)
    seen, writing = box(one), box(two)
    write(writing, "Second.")
    expect(writing.locator("#list > .c")).to_have_count(2)
    button = seen.locator("#new button")
    expect(button).to_be_hidden()
    one.clock.fast_forward(LOOKS_AGAIN)
    expect(button).to_have_text("1 new comment")
    expect(seen.locator("#list > .c")).to_have_count(1)
    button.click()
    expect(seen.locator("#list > .c").first.locator(".text")).to_have_text("Second.")
    expect(seen.locator("#count")).to_have_text("2 comments")
    # who wrote it is told of nothing new
    with two.expect_response(lambda answer: "/changes?" in answer.url):
        two.clock.fast_forward(LOOKS_AGAIN)
    expect(writing.locator("#new")).to_be_hidden()


def test_an_insult_is_asked_about_then_waits_for_its_author_alone(
    new_context: Callable[..., BrowserContext], people: Cast, article: str
) -> None:
    post(people.site, "First.")
    context = new_context()
    page = context.new_page()
    page.goto(article)
    frame = box(page)
    write(frame, "You idiot.")
    expect(frame.locator(".ask strong")).to_have_text("One moment, please")
    expect(frame.locator(".ask")).to_contain_text("a moderator will read it before it appears")
    expect(frame.locator("#list > .c")).to_have_count(1)
    frame.locator(".ask [type=submit]").click()
    mine = frame.locator(".pending")
    expect(mine).to_contain_text("Waiting for review. Only you and the moderators can see it.")
    expect(mine.locator(".own span").first).not_to_be_empty()
    page.reload()
    expect(box(page).locator(".pending")).to_contain_text("You idiot.")
    other = new_context().new_page()
    other.goto(article)
    expect(box(other).locator("#list > .c")).to_have_count(1)
    assert "idiot" not in box(other).content()


def test_the_question_comes_once_a_draft_and_can_be_heeded(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    frame = box(page)
    write(frame, "You idiot.")
    frame.locator(".ask [data-do=edit]").click()
    frame.locator("#write textarea").fill("I do not agree.")
    frame.locator("#write .go").click()
    expect(frame.locator("#list .c")).to_have_count(1)
    expect(frame.locator(".pending")).to_have_count(0)


def test_reply_like_and_report(page: Page, people: Cast, article: str) -> None:
    first = post(people.site, "First.").comment
    page.goto(article)
    frame = box(page)
    comment = frame.locator(f"#c-{first.public_id}")
    comment.get_by_role("button", name="Like").click()
    like = comment.locator("[data-action=like]").first
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like.locator("b")).to_have_text("1")
    comment.get_by_role("button", name="Reply").first.click()
    form = comment.locator("form.write")
    expect(form.locator("textarea")).to_be_focused()
    form.locator("textarea").fill("An answer.")
    form.locator("label input").fill("Tom")
    form.locator(".go").click()
    expect(comment.locator(".replies .text")).to_have_text("An answer.")
    choose(comment, "flag")
    comment.get_by_label("Spam or advertising").check()
    comment.get_by_role("button", name="Send report").click()
    expect(comment.locator(".tell")).to_have_text("Thank you. A moderator will look at it.")
    page.reload()
    frame = box(page)
    expect(frame.locator(f"#c-{first.public_id} [data-action=like]").first).to_have_attribute(
        "aria-pressed", "true"
    )


def test_edit_and_withdraw_ones_own(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    write(frame, "Tpyo.")
    mine = frame.locator("#list > .c")
    mine.get_by_role("button", name="Edit").click()
    form = mine.locator("form.write")
    expect(form.locator("textarea")).to_have_value("Tpyo.")
    form.locator("textarea").fill("Typo.")
    held = Held(page, f"**/api/v1/comments/{mine.get_attribute('data-id')}?*")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".go")).to_have_text("Saving…")
    expect(frame.locator("#say")).to_have_text("Saving…")
    held.let_go()
    expect(mine.locator(".text")).to_have_text("Typo.")
    expect(mine.locator(".edited")).to_have_text("edited")
    page.reload()
    frame = box(page)
    mine = frame.locator("#list > .c")
    expect(mine.get_by_role("button", name="Edit")).to_be_visible()  # known as one's own
    choose(mine, "withdraw")
    mine.locator("form.panel .do").click()
    expect(frame.locator("#list > .c")).to_have_count(0)


@pytest.mark.parametrize("action", ["reply", "flag"])
def test_a_form_that_opens_does_not_scroll_inside_the_frame(
    page: Page, people: Cast, article: str, action: str
) -> None:
    """It would move what is about to be pressed, for as long as the frame has not grown."""
    post(people.site)
    page.goto(article)
    frame = box(page)
    frame.evaluate("window.scrolls = 0; addEventListener('scroll', () => scrolls++, true)")
    if action == "flag":
        choose(frame.locator(".c"), action)
    else:
        frame.locator(f"[data-action={action}]").click()
    expect(frame.locator("#list form").locator("textarea, input").first).to_be_focused()
    expect(frame.locator("#list form").get_by_role("button", name="Cancel")).to_be_in_viewport()
    assert frame.evaluate("scrolls") == 0


def test_what_is_pressed_before_the_script_is_there_is_not_lost(
    page: Page, people: Cast, article: str
) -> None:
    """It is done as soon as the script has come; what was typed is there, too."""
    for number in range(30):
        made = post(people.site, f"Comment {number}.")
    script = Held(page, "**/embed/script/*/en.js")
    page.goto(article, wait_until="commit")
    frame = page.frame_locator("iframe")
    frame.locator(f"#c-{made.comment.public_id} [data-action=like]").click()
    frame.locator(f"#c-{made.comment.public_id} [data-action=reply]").click()
    frame.locator("[data-action=more]").click()
    frame.locator("#write textarea").fill("Typed early.")
    expect(frame.locator(".busy")).to_have_count(3)
    script.let_go()
    expect(frame.locator("#list [aria-pressed=true]")).to_have_count(1)
    expect(frame.locator("#list form.write")).to_be_visible()
    expect(frame.locator(".list > .c")).to_have_count(30)
    expect(frame.locator("#write textarea")).to_have_value("Typed early.")
    expect(frame.locator("#write .go")).to_be_visible()
    expect(frame.locator(".busy")).to_have_count(0)


def test_what_is_typed_early_after_a_reload_joins_the_draft(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    box(page)
    frame = page.frame_locator("iframe")
    frame.locator("#write textarea").fill("Begun before.")
    expect(frame.locator("#write .go")).to_be_visible()  # now drafts are kept
    script = Held(page, "**/embed/script/*/en.js")
    page.reload(wait_until="commit")
    frame.locator("#write textarea").press_sequentially("Typed early.")
    script.let_go()
    expect(frame.locator("#write .go")).to_be_visible()
    expect(frame.locator("#write textarea")).to_have_value("Begun before. Typed early.")
    page.reload()
    expect(frame.locator("#write textarea")).to_have_value("Begun before. Typed early.")


def test_a_link_pressed_before_a_script_that_does_not_come_is_followed(
    page: Page, people: Cast, article: str
) -> None:
    for number in range(3):
        post(people.site, f"Comment {number}.")
    script = Held(page, "**/embed/script/*/en.js")
    page.goto(article, wait_until="commit")
    frame = page.frame_locator("iframe")
    frame.locator("#sort [data-sort=oldest]").click()
    expect(frame.locator(".busy")).to_have_count(1)
    script.lose()
    expect(frame.locator("#sort [data-sort=oldest]")).to_have_attribute("aria-current", "true")
    expect(frame.locator("#list .text").first).to_have_text("Comment 0.")


def test_pressing_twice_while_a_part_is_on_its_way(page: Page, people: Cast, article: str) -> None:
    post(people.site, "First.")
    held: list[Route] = []
    page.route("**/menu/en.js", lambda route: held.append(route))
    page.goto(article)
    frame = box(page)
    dots = frame.locator(".dots summary")
    dots.click()
    expect(dots).to_have_class("busy")
    dots.click()
    held[0].continue_()
    expect(frame.get_by_role("menu")).to_be_visible()
    expect(dots).not_to_have_class("busy")
    page.wait_for_timeout(100)
    expect(frame.get_by_role("menu")).to_be_visible()
    assert len(held) == 1


def test_order_is_remembered_and_more_is_loaded(page: Page, people: Cast, pages: Pages) -> None:
    for number in range(12):
        post(people.site, f"Comment {number}.")
    page.goto(pages.write(pages.tag(numposts="5", order_by="time")))
    frame = box(page)
    texts = frame.locator(".list > .c > article .text")
    expect(texts).to_have_count(5)
    expect(texts.first).to_have_text("Comment 0.")
    frame.locator("#more a").click()
    expect(texts).to_have_count(10)
    frame.get_by_role("link", name="Newest").click()
    expect(texts.first).to_have_text("Comment 11.")
    expect(texts).to_have_count(5)
    page.reload()
    texts = box(page).locator("#list > .c > article .text")
    expect(texts.first).to_have_text("Comment 11.")


def test_reading_works_without_a_script(
    new_context: Callable[..., BrowserContext], people: Cast, live: Server
) -> None:
    for number in range(7):
        post(people.site, f"Comment {number}.")
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live.url}/embed/thread?site=harbour&href={ARTICLE}&numposts=5&order-by=time")
    expect(page.locator("#list > .c")).to_have_count(5)
    page.get_by_role("link", name="Show more comments").click()
    expect(page.locator("#list > .c")).to_have_count(2)
    page.get_by_role("link", name="Newest").click()
    expect(page.locator("#list .text").first).to_have_text("Comment 6.")


def test_forms_below_a_comment_take_turns(page: Page, people: Cast, article: str) -> None:
    first = post(people.site, "First.").comment
    page.goto(article)
    comment = box(page).locator(f"#c-{first.public_id}")
    reply = comment.locator("[data-action=reply]")
    forms = comment.locator("form")
    reply.click()
    expect(comment.locator("form.write")).to_be_visible()
    choose(comment, "flag")
    expect(forms).to_have_count(1)
    expect(comment.locator("form.panel")).to_be_visible()
    expect(reply).to_have_attribute("aria-expanded", "false")
    reply.click()
    expect(comment.locator("form.write")).to_be_visible()
    reply.click()
    expect(forms).to_have_count(0)
