"""Writing in the box: what happens after a post, one form at a time, drafts, and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.conftest import Open, box, choose, menu, write
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

# A key of a composition, as browsers tell of it: with its flag, or by its code alone.
COMPOSING = ({"isComposing": True}, {"keyCode": 229})


def press_composing(node: Locator, key: str, **more: object) -> None:
    """Press a key in the middle of a word that an input method composes."""
    for how in COMPOSING:
        event = {"key": key, "bubbles": True, "cancelable": True, **how, **more}
        node.evaluate("(node, how) => node.dispatchEvent(new KeyboardEvent('keydown', how))", event)


def is_folded(frame: Frame) -> None:
    expect(frame.locator("#write.open")).to_have_count(0)
    expect(frame.locator("#write .tools, #write .send, #write .look")).to_have_count(0)
    expect(frame.locator("#write textarea")).to_be_visible()
    expect(frame.locator("#write textarea")).to_have_value("")


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """Posted from the preview: the composer folds, and the comment says that it is published."""
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").click()
    frame.locator("#write textarea").fill("Mine **here**.")
    frame.locator("#write label input").fill("Edda")
    frame.locator("#write .seen").click()
    expect(frame.locator("#write .look")).to_be_visible()
    frame.locator("#write .go").click()
    mine = frame.locator("#list > .c").first
    expect(mine.locator(".own b")).to_have_text("Your comment has been published.")
    expect(mine).to_be_focused()
    is_folded(frame)
    write(frame, "Another.", name=None)
    expect(frame.locator("#list > .c .text").first).to_have_text("Another.")
    is_folded(frame)
    write(frame, "You idiot.", name=None)
    frame.locator(".ask [type=submit]").click()
    expect(frame.locator(".pending .own b")).to_have_text(
        "Waiting for review. Only you and the moderators can see it."
    )
    is_folded(frame)


def test_a_post_out_of_sight_is_brought_into_view(page: Page, people: Cast, article: str) -> None:
    first = post(people.site, "First.").comment.public_id
    post(people.site, "\n\n".join(f"Line {at}" for at in range(90)), parent=first)
    page.goto(article)
    frame = box(page)
    frame.locator(f"#c-{first} > article [data-action=reply]").click()
    form = frame.locator("#list form.write")
    form.locator("textarea").fill("Far below.")
    form.locator("label input").fill("Edda")
    form.locator(".go").click()
    expect(frame.locator(".c", has_text="Far below.").last).to_be_in_viewport()


def test_the_composer_closes_and_keeps_its_draft(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    for close in (lambda: area.press("Escape"), frame.locator("#write [data-do=shut]").click):
        area.click()
        expect(frame.locator("#write.open")).to_have_count(1)  # before that, no key is heard
        area.fill("Half a sen")
        close()
        expect(frame.locator("#write.open")).to_have_count(0)
        expect(area).to_have_value("Half a sen")
        expect(frame.locator("#write + .tell")).to_have_text(
            "Your text is kept as a draft. Discard draft"
        )
    page.reload()
    expect(box(page).locator("#write.open textarea")).to_have_value("Half a sen")


def test_a_draft_is_thrown_away_and_comes_back(page: Page, people: Cast, article: str) -> None:
    made = post(people.site, "First.").comment.public_id
    page.goto(article)
    frame = box(page)
    comment = frame.locator(f"#c-{made}")
    reply = comment.locator("[data-action=reply]")
    for button, area in (
        (None, frame.locator("#write textarea")),
        (reply, comment.locator("form textarea")),
    ):
        (button or area).click()
        if button is None:
            expect(frame.locator("#write.open")).to_have_count(1)
        area.press_sequentially("Half a sen")
        area.press("Escape")
        line = frame.locator(".tell", has_text="draft").last
        expect(line.get_by_role("button")).to_have_text("Discard draft")
        line.get_by_role("button").press("Enter")
        expect(line).to_have_text("Draft discarded. Undo")
        expect(line.get_by_role("button")).to_be_focused()
        assert not any("draft" in each for each in stored(frame))
        line.get_by_role("button").press("Enter")
        expect(line).to_have_text("Your text is kept as a draft. Discard draft")
        (button or area).click()
        expect(area).to_have_value("Half a sen")
        expect(frame.locator(".tell", has_text="is kept")).to_have_count(0)
        area.press("Escape")
        line.get_by_role("button").click()
    expect(frame.locator(".begun")).to_have_count(0)
    expect(frame.locator("#write textarea")).to_have_value("")


def stored(frame: Frame) -> list[str]:
    return list(frame.locator("body").evaluate("() => Object.keys(localStorage)"))


def test_the_name_is_kept_with_the_draft(page: Page, people: Cast, article: str) -> None:
    """Whichever was typed first; below a reply, too; in a second tab; and only as long as the draft."""
    made = post(people.site, "First.").comment.public_id
    page.goto(article)
    frame = box(page)
    top, reply = frame.locator("#write"), frame.locator("#list form.write")
    top.locator("textarea").click()
    top.locator("label input").fill("Edda")
    top.locator("textarea").fill("Half a sen")
    frame.locator(f"#c-{made} [data-action=reply]").press("Enter")
    reply.locator("textarea").fill("Begun")
    expect(reply.locator("label input")).to_have_value("Edda")  # known already
    reply.locator("label input").fill("Edda B.")
    for tab in (page, page.context.new_page()):
        tab.goto(article)
        frame = box(tab)
        for form, name in (("#write.open", "Edda"), ("#list form.write.open", "Edda B.")):
            expect(frame.locator(f"{form} label input")).to_have_value(name)
    top = frame.locator("#write")
    top.locator("label input").fill("")
    top.locator("label input").press("Escape")
    top.locator("textarea").click()
    expect(top.locator("label input")).to_have_value("")
    top.locator("label input").fill("Nobody")
    top.locator("label input").press("Escape")
    frame.locator("#write + .tell").get_by_role("button", name="Discard draft").click()
    tab.goto(article)
    frame = box(tab)
    frame.locator("#write textarea").click()
    expect(frame.locator("#write label input")).to_have_value("")


def test_one_form_at_a_time_and_drafts_come_back(page: Page, people: Cast, article: str) -> None:
    one, two = (post(people.site, f"Number {at}.").comment.public_id for at in (1, 2))
    page.goto(article)
    frame = box(page)
    forms = frame.locator("#list form")
    for at in (one, two):
        frame.locator(f"#c-{at} [data-action=reply]").click()
        expect(forms).to_have_count(1)
        frame.locator(f"#c-{at} form textarea").fill(f"Draft for {at}")
    expect(frame.locator(f"#c-{one} [data-action=reply]")).to_have_text("Reply· draft")
    page.reload()
    frame = box(page)
    expect(frame.locator(f"#c-{two} form.write textarea")).to_have_value(f"Draft for {two}")
    expect(frame.locator("#list form")).to_have_count(1)
    expect(frame.locator(f"#c-{two} form.write textarea")).not_to_be_focused()
    # by key: a form that has just opened above moves what a mouse is about to hit
    frame.locator(f"#c-{one} [data-action=reply]").press("Enter")
    expect(frame.locator(f"#c-{one} form textarea")).to_have_value(f"Draft for {one}")
    frame.locator(f"#c-{one} form label input").fill("Edda")
    frame.locator(f"#c-{one} form .go").click()
    expect(frame.locator(f"#c-{one} .replies .done")).to_be_visible()
    expect(frame.locator(f"#c-{one} > article .begun")).to_have_count(0)
    # One's own can be answered and changed: each has a draft of its own.
    mine = frame.locator(f"#c-{one} .replies .c")
    mine.locator("[data-action=edit]").click()
    mine.locator("form textarea").fill("Changed")
    page.keyboard.press("Escape")
    mine.locator("[data-action=reply]").click()
    expect(mine.locator("form textarea")).to_have_value("")


def test_a_report_is_offered_once(page: Page, people: Cast, article: str) -> None:
    post(people.site, "First.")
    page.goto(article)
    frame = box(page)
    choose(frame.locator(".c"), "flag")
    frame.get_by_label("Spam or advertising").check()
    frame.get_by_role("button", name="Send report").click()
    expect(frame.locator("#list .tell")).to_have_text("Thank you. A moderator will look at it.")
    expect(frame.locator("#list form")).to_have_count(0)
    page.reload()
    flag = menu(box(page).locator(".c")).locator("[data-action=flag]")
    expect(flag).to_have_text("Reported")
    expect(flag).to_be_disabled()


def test_escape_closes_panels(page: Page, people: Cast, article: str) -> None:
    post(people.site, "First.")
    page.goto(article)
    frame = box(page)
    write(frame, "Mine.")
    expect(frame.locator("#list > .c")).to_have_count(2)
    mine, first = frame.locator("#list > .c").all()
    for action in ("flag", "withdraw", "reply", "edit"):
        comment = first if action == "flag" else mine
        button = comment.locator(f"article > footer > [data-action={action}]")
        if action in ("flag", "withdraw"):
            choose(comment, action)
            button = comment.locator(".dots summary")
        else:
            button.click()
        expect(frame.locator("#list article > form")).to_have_count(1)
        expect(frame.locator("#list article > form :focus")).to_have_count(1)
        inside = frame.locator("#list article > form :is(textarea, input, button)").first
        press_composing(inside, "Escape")
        expect(frame.locator("#list article > form")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(frame.locator("#list article > form")).to_have_count(0)
        expect(button).to_be_focused()


def test_a_composition_is_left_alone(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    area.click()
    area.fill("にほ")
    frame.locator("#write label input").fill("Edda")
    press_composing(area, "Escape")
    press_composing(area, "Enter", ctrlKey=True)
    press_composing(area, "b", ctrlKey=True)
    expect(area).to_have_value("にほ")
    expect(frame.locator("#write.open")).to_be_visible()
    expect(frame.locator("#list > .c")).to_have_count(0)
    area.press("Control+Enter")
    expect(frame.locator("#list > .c")).to_have_count(1)


def test_keys_format_what_is_selected(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    area.click()
    expect(frame.locator("#write .tools")).to_be_visible()  # what listens for keys is there
    formats = {"b": "a **word** here", "i": "a _word_ here", "k": "a [word](https://) here"}
    for modifier in ("Control", "Meta"):
        for key, text in formats.items():
            area.fill("a word here")
            area.evaluate("area => area.setSelectionRange(2, 6)")
            area.press(f"{modifier}+{key}")
            expect(area, f"{modifier}+{key}").to_have_value(text)


def test_the_desk_leaves_a_composition_alone(open_as: Open, people: Cast) -> None:
    for at in range(2):
        post(people.site, f"You idiot {at}.")
    page = open_as("mona")
    cards = page.locator("article.card")
    expect(cards).to_have_count(2)
    current = page.evaluate("document.querySelectorAll('.card').length")
    for how in COMPOSING:
        page.evaluate(
            "how => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...how}))",
            {"key": "f", "code": "KeyF", **how},
        )
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelectorAll('.card').length") == current


def test_help_before_posting_is_a_list_and_urges_nothing(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    frame = box(page)
    write(frame, "I don't want to live anymore.")
    ask = frame.get_by_role("alertdialog")
    expect(ask.locator("li")).to_have_count(5)
    expect(ask.get_by_role("link", name="US, Canada: 988")).to_have_attribute("href", "tel:988")
    expect(ask).not_to_contain_text("moderator")
    expect(ask.locator(".do")).to_have_count(0)
    ask.get_by_role("button", name="Post", exact=True).click()
    expect(frame.locator(".own")).to_contain_text("findahelpline.com")
