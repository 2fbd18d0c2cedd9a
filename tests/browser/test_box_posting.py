"""Posting: what is undone comes back to the form, and lists go on by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.conftest import box, choose, menu, status, write
from tests.browser.held import Held
from tests.browser.test_sign_in import sign_in
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from tests.browser.conftest import Server
    from tests.people import Cast

pytestmark = pytest.mark.browser

DONE = "Your comment has been published."
#: What a screen reader is told, in order.
HEARD = """() => {
  window.heard = [];
  new MutationObserver(() => heard.push(document.querySelector("#say").textContent))
    .observe(document.querySelector("#say"), {childList: true, characterData: true, subtree: true});
}"""


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """Said once; undone within ten seconds, with the text and the count back; then posted for good."""
    post(people.site, "First.")
    page.goto(article)
    frame = box(page)
    frame.evaluate(HEARD)
    write(frame, "Mine **here**.")
    mine = frame.locator("#list > .c").first
    expect(mine.locator(".own b")).to_have_text(DONE)
    expect(mine.locator(".own b")).to_have_attribute("aria-hidden", "true")
    expect(mine.locator("[data-action=edit]")).to_contain_text("15 min")
    expect(frame.locator("#count")).to_have_text("2 comments")
    public_id = str(mine.get_attribute("data-id"))
    mine.get_by_role("button", name="Undo").click()
    area = frame.locator("#write.open textarea")
    expect(area).to_have_value("Mine **here**.")
    expect(area).to_be_focused()
    expect(frame.locator("#count")).to_have_text("1 comment")
    expect(frame.locator("#list > .c")).to_have_count(1)
    assert status(public_id) == "withdrawn"
    assert frame.evaluate("heard").count(DONE) == 1
    page.reload()  # a draft like any other
    frame = box(page)
    expect(frame.locator("#write.open textarea")).to_have_value("Mine **here**.")
    frame.locator("#write .go").click()
    expect(frame.locator("#list .own b")).to_have_text(DONE)
    expect(frame.locator("#count")).to_have_text("2 comments")


def test_an_answer_is_undone_where_it_was_written(page: Page, people: Cast, article: str) -> None:
    first = post(people.site, "First.").comment.public_id
    page.clock.install()
    page.goto(article)
    frame = box(page)
    comment = frame.locator(f"#c-{first}")

    def answer(text: str) -> Locator:
        comment.locator("> article [data-action=reply]").click()
        comment.locator("form.write.open textarea").fill(text)
        comment.locator("form.write label input").fill("Edda")
        comment.locator("form.write .go").click()
        expect(comment.locator(".replies .own b").last).to_have_text(DONE)
        return comment.locator(".replies .c").last

    answer("An answer.").get_by_role("button", name="Undo").click()
    expect(comment.locator("form.write.open textarea")).to_have_value("An answer.")
    expect(comment.locator(".replies .c")).to_have_count(0)
    comment.locator("form.write [data-do=shut]").click()
    second = answer("Another answer.")
    page.clock.run_for(11_000)
    expect(second.get_by_role("button", name="Undo")).to_have_count(0)
    expect(second.locator(".own b")).to_have_text(DONE)


@pytest.fixture
def area(page: Page, people: Cast, article: str) -> Locator:
    """The field of the composer, open."""
    page.goto(article)
    box(page).locator("#write textarea").click()
    box(page).locator("#write [data-do='typing.help'][aria-expanded]").wait_for()
    found = box(page).locator("#write.open textarea")
    expect(found).to_be_focused()
    return found


def test_lists_and_quotes_go_on(area: Locator) -> None:
    for typed, wanted in (
        (["- one", "Enter", "two", "Enter", "Enter", "end"], "- one\n- two\n\nend"),
        (["9. nine", "Enter", "ten"], "9. nine\n10. ten"),
        (["> said", "Enter", "more", "Enter", "Enter"], "> said\n> more\n\n"),
        (["plain", "Enter", "line"], "plain\nline"),
        (["- one", "Shift+Enter", "two"], "- one\ntwo"),
    ):
        area.fill("")
        for each in typed:
            if each.endswith("Enter"):
                area.press(each)
            else:
                area.press_sequentially(each)
        expect(area).to_have_value(wanted)
    area.press("Control+z")
    expect(area).not_to_have_value("- one\ntwo")


@every_row(
    ("name", "text", "selected", "wanted", "then"),
    [
        ("Quote", "", (0, 0), "> ", (2, 2)),
        ("Quote", "one\ntwo\n\nthree", (5, 5), "> one\n> two\n\nthree", (9, 9)),
        ("Quote", "one\ntwo\n\nthree", (1, 5), "> one\n> two\n\nthree", (13, 13)),
        ("Quote", "one", (0, 3), "> one\n\n", (7, 7)),
        ("Quote", "> one\n> two", (0, 11), "one\ntwo", (0, 7)),
        ("Quote", "one\n\n", (5, 5), "one\n\n> ", (7, 7)),
        ("List", "one\ntwo", (5, 5), "one\n- two", (7, 7)),
        ("List", "one\n\ntwo", (0, 8), "- one\n\n- two", (0, 12)),
    ],
)
def test_signs_before_lines(
    area: Locator,
    name: str,
    text: str,
    selected: tuple[int, int],
    wanted: str,
    then: tuple[int, int],
) -> None:
    area.fill(text)
    area.evaluate("(area, [from, to]) => area.setSelectionRange(from, to)", list(selected))
    button = area.page.frame_locator("iframe").get_by_role("button", name=name)
    button.click()
    expect(area).to_have_value(wanted)
    expect(area).to_be_focused()
    assert area.evaluate("(area) => [area.selectionStart, area.selectionEnd]") == [*then]
    area.press("Control+z")
    expect(area).to_have_value(text)


def test_emoji_and_help(page: Page, area: Locator) -> None:
    frame = box(page)
    area.fill("Hello ")
    emoji = frame.get_by_role("button", name="Emoji")
    emoji.click()
    picker = frame.get_by_role("group", name="Emoji")
    expect(picker.locator("button").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(area).to_have_value("Hello 😃")
    page.keyboard.press("ArrowDown")
    expect(picker.locator("button").first).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(emoji).to_be_focused()
    expect(picker).to_have_count(0)
    emoji.click()
    expect(picker.locator("button").first).to_have_text("😃")  # the last ones come first
    frame.get_by_role("button", name="Formatting help").click()
    expect(picker).to_have_count(0)
    expect(frame.locator(".signs")).to_contain_text("**…**")
    frame.get_by_role("button", name="Formatting help").click()
    expect(frame.locator(".signs")).to_have_count(0)
    frame.get_by_role("button", name="Formatting help").click()
    page.keyboard.press("Escape")  # closes what was opened last
    expect(frame.locator(".signs")).to_have_count(0)
    expect(frame.locator("#write.open")).to_be_visible()
    frame.get_by_role("button", name="Formatting help").click()
    frame.get_by_role("button", name="Preview").click()  # nothing is written unseen
    expect(frame.locator("#write .look")).to_contain_text("Hello")
    expect(frame.locator(".signs")).to_have_count(0)
    tools = frame.locator("#write .tools [data-do]:not([data-do=preview])")
    assert tools.evaluate_all("(all) => all.length > 6 && all.every((each) => each.disabled)")
    frame.get_by_role("button", name="Edit").click()
    expect(area).to_be_focused()
    assert tools.evaluate_all("(all) => all.every((each) => !each.disabled)")


def test_nothing_is_ones_own_after_somebody_has_signed_out(
    page: Page, people: Cast, article: str
) -> None:
    """Nor what the guest of this browser wrote, where it is somebody else's; and no Undo stands above
    the question before a comment is deleted."""
    page.goto(article)
    frame = box(page)
    write(frame, "As a guest.")
    expect(frame.locator("#list .own button")).to_be_visible()
    frame.get_by_role("button", name="No, thanks").click()
    expect(frame.locator("#list .dots summary")).to_be_focused()
    sign_in(page, frame)
    frame.get_by_role("button", name="No, thanks").click()
    expect(frame.locator("[data-own], #list .own, [data-action=edit]")).to_have_count(0)
    expect(frame.get_by_role("button", name="Like")).to_have_count(1)
    for again in (False, True):
        write(frame, f"As Rita, {again}.", name=None)
        mine = frame.locator("#list > .c").first
        expect(mine.locator(".text")).to_have_text(f"As Rita, {again}.")
        expect(mine.get_by_role("button", name="Undo")).to_be_visible()
        expect(mine.get_by_role("button", name="Like")).to_be_hidden()
        if again:
            choose(mine, "withdraw")
            expect(frame.get_by_role("button", name="Undo")).to_have_count(0)
            expect(mine.locator("form.panel")).to_be_visible()
    frame.get_by_role("button", name="Sign out").click()
    expect(frame.locator("#list .own")).to_have_count(0)
    expect(frame.locator("[data-own] .text")).to_have_text("As a guest.")
    expect(frame.locator("#list form")).to_have_count(0)
    expect(frame.get_by_role("button", name="Like")).to_have_count(2)
    expect(menu(mine).locator("[data-action=withdraw]")).to_have_count(0)


def test_a_sign_in_that_is_over_elsewhere_is_over_here(
    page: Page, people: Cast, article: str, live: Server
) -> None:
    """Whatever is pressed first, nobody is shown a name that their comment would not have; and who wrote as a
    guest before is that guest again."""
    post(people.site, "Somebody else's.", name="Bo")
    page.goto(article)
    frame = box(page)
    write(frame, "As a guest.")
    first = frame.locator("#list > .c").first
    expect(first).to_have_attribute("data-own", "published")
    guest = str(first.get_attribute("data-by"))
    frame.get_by_role("button", name="No, thanks").click()
    for press in ("like", "post"):
        sign_in(page, frame)
        area = frame.locator("#write textarea")
        area.click()
        expect(frame.locator("#write .who")).to_have_text("Writing as Rita")
        account = page.context.new_page()
        account.goto(f"{live.url}/account/")
        account.get_by_role("button", name="Sign out").click()
        expect(account.get_by_label("Password")).to_be_visible()
        account.close()
        if press == "like":
            frame.locator("#list > .c [data-action=like]").last.click()
        area.fill(f"After a {press}.")
        if press == "post":
            area.press("Control+Enter")
            expect(frame.locator("#write .tell")).to_contain_text("Your sign-in has expired.")
        expect(frame.locator("#me [data-action=sign-in]")).to_be_visible()
        expect(frame.locator("#write .who input").first).to_be_visible()
        area.press("Control+Enter")
        last = frame.locator("#list > .c", has_text=f"After a {press}.")
        expect(last).to_have_attribute("data-by", guest)
        expect(last.locator(".own b")).to_have_text(DONE)


def test_what_is_typed_before_the_form_is_there_stays(
    page: Page, people: Cast, article: str
) -> None:
    """The part is slow, and is lost at first: nothing that was typed is."""
    part = Held(page, "**/writing/en.js")
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    area.click()
    area.press_sequentially("Early")
    part.lose()
    expect(frame.locator("#write .tell")).to_contain_text("couldn’t be loaded")
    frame.locator("#count").click()
    area.evaluate("(node) => node.blur()")
    area.click()
    part.wait()
    area.press("End")
    area.press_sequentially(" bird")
    part.let_go()
    expect(frame.locator("#write.open textarea")).to_have_value("Early bird")
    expect(frame.locator("#write .tell")).to_have_text("")


def test_nothing_of_it_is_fetched_to_read(page: Page, people: Cast, article: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    post(people.site, "First.")
    page.goto(article)
    frame: Frame = box(page)
    expect(frame.locator("#list .text")).to_be_visible()
    parts = [each for each in asked if "/embed/script/" in each]
    assert len(parts) == 1
