"""What would be refused is not offered, and said before anybody writes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Page, expect

from commentsvc.accounts.commands import by_id, set_password
from commentsvc.core import clock
from commentsvc.moderation.cases import networks
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.sites import commands as sites
from commentsvc.threads import commands as threads
from commentsvc.threads import likes
from tests.browser.conftest import box, menu, write
from tests.browser.members import come_back
from tests.browser.test_sign_in import sign_in
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.people import Cast

pytestmark = pytest.mark.browser


def offered(frame: Frame) -> set[str]:
    """What can be pressed at the first comment; "write" for the form at the top."""
    found = frame.locator("#list > .c").first.locator("article > footer [data-action]:visible")
    actions = {str(each.get_attribute("data-action")) for each in found.all()}
    return actions | ({"write"} if frame.locator("#write").is_visible() else set())


def test_everything_is_offered(page: Page, people: Cast, article: str) -> None:
    post(people.site)
    page.goto(article)
    assert offered(box(page)) == {"like", "reply", "menu", "write"}
    expect(box(page).locator("#list .guest")).to_have_text("Guest")


@pytest.mark.parametrize("why", ["hand", pytest.param("age", marks=pytest.mark.drill), "hours"])
def test_a_closed_conversation(page: Page, people: Cast, article: str, why: str) -> None:
    with clock.frozen(clock.now() - timedelta(days=2)):
        made = post(people.site, user=people.rita).comment
    if why == "age":
        sites.set_policy(people.site, {"close_after_days": 1}, by=people.olga)
    elif why == "hours":
        day = (clock.now() + timedelta(days=3)).isoweekday()
        sites.set_policy(people.site, {"open_hours": [f"{day} 8:00-9:00"]}, by=people.olga)
    else:
        threads.set_closed(threads.thread_of(made), True)
    page.goto(article)
    frame = box(page)
    expect(frame.locator(".note")).to_contain_text("closed")
    expect(frame.locator(".note", has_text="until")).to_have_count(int(why == "hours"))
    assert offered(frame) == {"like", "menu"}
    expect(frame.locator("#list .guest")).to_have_count(0)
    sign_in(page, frame)
    expect(menu(frame.locator("[data-own]")).locator("[data-action=withdraw]")).to_be_visible()
    assert offered(frame) == {"copy", "menu", "withdraw"}


def test_guests_who_may_only_read(page: Page, people: Cast, article: str) -> None:
    post(people.site, user=people.rita)
    changes = {"guests_may_post": False, "guests_may_like": False}
    sites.set_policy(people.site, changes, by=people.olga)
    page.goto(article)
    frame = box(page)
    assert offered(frame) == {"like", "menu"}
    for name in ("Like", "Sign in to comment here"):
        with page.context.expect_page() as popup:
            frame.get_by_role("button", name=name).click()
        assert "/embed/sign-in" in popup.value.url
        popup.value.close()
    sign_in(page, frame, "max@example.org")
    assert offered(frame) == {"like", "reply", "menu", "write"}
    expect(frame.get_by_role("button", name="Sign in to comment here")).to_be_hidden()
    frame.get_by_role("button", name="Sign out").click()
    expect(frame.locator("#write")).to_be_hidden()


@pytest.mark.parametrize("kind", [pytest.param("ban", marks=pytest.mark.drill), "suspend"])
def test_a_guest_who_is_banned(page: Page, people: Cast, article: str, kind: str) -> None:
    post(people.site, user=people.rita)
    sites.set_policy(people.site, {"redress": "Write to ombud@example.org."}, by=people.olga)
    page.goto(article)
    write(box(page), "As a guest.", name="Gus")
    expect(box(page).locator("#list .by")).to_have_count(2)
    made = threads.comment_by_public_id(
        str(box(page).locator("#list > .c").first.get_attribute("data-id"))
    )
    gus = by_id(made.author_id)
    end = clock.now() + timedelta(days=3) if kind == "suspend" else None
    sanction(
        people.site, gus, kind, by=people.mona, reason="abusive", message="Calm <b>.", until=end
    )
    box(page).locator("#list [data-action=reply]").last.click()
    box(page).locator("#list textarea").fill("And now?")
    box(page).locator("#list .go").click()
    for _ in range(2):  # after a refusal, and when the page is drawn
        told = box(page).locator("#banned")
        expect(told.locator("blockquote")).to_have_text("Calm <b>.")
        expect(told).to_contain_text("suspended" if kind == "suspend" else "banned")
        expect(told).to_contain_text("Reason: Abusive")
        expect(told.get_by_role("link")).to_have_attribute("href", "mailto:ombud@example.org")
        expect(box(page).locator("#write")).to_be_hidden()
        expect(menu(box(page).locator("#list > .c").last).get_by_role("menuitem")).to_have_count(2)
        page.reload()


def test_a_member_who_is_banned_is_told_although_signed_out_by_it(
    page: Page, people: Cast, article: str
) -> None:
    post(people.site)
    come_back(page, article, people.rita, people.site)
    sanction(people.site, people.rita, "ban", by=people.mona, reason="spam", message="No more.")
    page.reload()
    expect(box(page).locator("#banned")).to_contain_text("No more.")
    assert offered(box(page)) == {"menu"}
    sanction(people.site, people.rita, "lift", by=people.mona)
    page.reload()
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()
    assert offered(box(page)) == {"like", "reply", "menu", "write"}


@pytest.mark.parametrize("kinds", [pytest.param("like", marks=pytest.mark.drill), "dislike"])
def test_a_like_finds_that_the_sign_in_was_ended_elsewhere(
    page: Page, people: Cast, article: str, kinds: str
) -> None:
    sites.set_policy(people.site, {"reactions": kinds}, by=people.olga)
    liked = post(people.site, user=people.max).comment
    likes.like(liked, people.rita)
    frame = come_back(page, article, people.rita, people.site)
    button = frame.locator("#list").get_by_role("button", name=re.compile("^Like"))
    expect(button).to_have_attribute("aria-pressed", "true")
    set_password(people.rita, "everywhere else is signed out")
    button.press("Enter")
    expect(frame.locator("#list .tell")).not_to_be_empty()
    expect(frame.locator("#me [data-action=sign-in]")).to_be_visible()
    expect(frame.locator("#bell")).to_have_count(0)
    expect(button).to_have_attribute("aria-pressed", "false")


def test_likes_are_counted_for_those_who_cannot_like(
    page: Page, people: Cast, article: str
) -> None:
    """The suspended and the author see how many; the button says why it is off."""
    liked, plain = (post(people.site, each, user=people.max).comment for each in ("A.", "B."))
    mine = post(people.site, "C.", user=people.rita).comment
    for each in (liked, mine):
        likes.like(each, people.olga)
    until = clock.now() + timedelta(days=3)
    sanction(people.site, people.rita, "suspend", by=people.mona, reason="spam", until=until)
    frame = come_back(page, article, people.rita, people.site)
    like = {
        each: frame.locator(f"#c-{each.public_id} [data-action=like]") for each in (liked, mine)
    }
    for button in like.values():
        expect(button).to_have_text("Like 1")
        expect(button).to_have_attribute("aria-disabled", "true")
    expect(frame.locator(f"#c-{plain.public_id} [data-action=like]")).to_be_hidden()
    like[liked].press("Enter")
    expect(frame.locator("#list .tell")).to_contain_text("You’re suspended from this site")
    expect(like[liked]).to_have_text("Like 1")
    sanction(people.site, people.rita, "lift", by=people.mona)
    page.reload()
    frame = box(page)
    button = frame.locator(f"#c-{liked.public_id} [data-action=like]")
    own = frame.locator(f"#c-{mine.public_id} [data-action=like]")
    expect(own).to_have_attribute("aria-disabled", "true")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.press("Enter")
    expect(button).to_have_text("Like 2")
    own.press("Enter")
    expect(frame.locator("#list .tell")).to_have_text("You can’t like your own comment.")


@pytest.mark.parametrize("end", ["suspend", "close"])
def test_what_was_written_stays_when_nothing_more_is_taken(
    page: Page, people: Cast, article: str, end: str
) -> None:
    """To be read and copied, with the reason beside it: at once, and when the page is drawn again."""
    said = {"suspend": "suspended from this site through", "close": "This conversation is closed."}[
        end
    ]
    made = post(people.site).comment
    frame = come_back(page, article, people.rita, people.site)
    frame.locator("#write textarea").click()
    frame.locator("#write textarea").fill("Long thought about.")
    if end == "close":
        threads.set_closed(threads.thread_of(made), True)
        frame.get_by_role("button", name="Preview").click()
        expect(frame.locator("#write .look")).to_be_visible()
    else:
        until = clock.now() + timedelta(days=3)
        sanction(people.site, people.rita, "suspend", by=people.mona, reason="spam", until=until)
    frame.locator("#write .go").click()
    expect(frame.locator("#write .tell")).to_contain_text("copy it here")
    for _ in range(2):
        area = box(page).locator("#write textarea")
        expect(area).to_have_value("Long thought about.")
        expect(area).to_be_visible()
        expect(area).to_have_attribute("readonly", "")
        expect(box(page).locator("#write .go")).to_be_hidden()
        expect(box(page).locator("main")).to_contain_text(said)
        page.reload()


def test_a_network_that_is_blocked(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    write(box(page), "From here.")
    expect(box(page).locator("#list .by")).to_have_count(1)
    made = threads.comment_by_public_id(
        str(box(page).locator("#list > .c").first.get_attribute("data-id"))
    )
    until = clock.now() + timedelta(hours=1)
    networks.block(made, until=until, reason="spam", by=people.olga)
    other = page.context.browser
    assert other is not None
    fresh = other.new_context(locale="en-GB")
    stranger = fresh.new_page()
    stranger.goto(article)
    box(stranger).locator("#list [data-action=like]").click()
    expect(box(stranger).locator("#list .tell")).to_contain_text("Liking from your network")
    expect(box(stranger).locator("#barred")).to_contain_text("Posting from your network")
    for each in ("#write", "[data-action=like]", "[data-action=flag]"):
        expect(box(stranger).locator(each)).to_be_hidden()
    stranger.reload()
    box(stranger).locator("#write textarea").click()
    expect(box(stranger).locator("#barred")).to_contain_text("network")
    expect(box(stranger).locator("#write")).to_be_hidden()
    fresh.close()


def test_the_time_to_edit_runs_out(page: Page, people: Cast, article: str) -> None:
    sites.set_policy(people.site, {"edit_seconds": 60}, by=people.olga)
    page.clock.install()
    page.goto(article)
    write(box(page), "Just now.")
    edit = box(page).locator("#list [data-action=edit]")
    expect(edit).to_be_visible()
    page.clock.run_for(60_000)
    expect(edit).to_have_count(0)
    expect(menu(box(page).locator("#list > .c")).locator("[data-action=withdraw]")).to_be_visible()


@pytest.fixture
def slow(page: Page, people: Cast, article: str) -> Iterator[Callable[[], None]]:
    """The box on a site that takes a comment a minute; a call lets that minute pass here and there."""
    sites.set_policy(people.site, {"slow_seconds": 60}, by=people.olga)
    page.clock.install()
    page.goto(article)

    def a_minute_later() -> None:
        clock.move(timedelta(minutes=1))
        page.clock.run_for(60_000)

    with clock.frozen(clock.now()):
        yield a_minute_later


def test_what_came_too_soon_sends_itself(page: Page, slow: Callable[[], None]) -> None:
    frame = box(page)
    write(frame, "One.")
    expect(frame.locator("#list > .c")).to_have_count(1)
    write(frame, "Two.")
    expect(frame.locator("#write .tell")).to_contain_text("We’ll send it then.")
    expect(frame.locator("#write .go")).to_be_disabled()
    slow()
    expect(frame.locator("#list > .c")).to_have_count(2)
    write(frame, "Three.")
    expect(frame.locator("#write .tell")).to_contain_text("We’ll send it then.")
    frame.locator("#write textarea").fill("Three, or four.")
    page.clock.run_for(1000)
    expect(frame.locator("#write .tell")).not_to_contain_text("We’ll send it then.")
    slow()
    expect(frame.locator("#write .go")).to_be_enabled()
    expect(frame.locator("#list > .c")).to_have_count(2)
    with page.expect_request(lambda request: request.method == "POST"):  # not by itself
        frame.locator("#write .go").click()
    expect(frame.locator("#list > .c")).to_have_count(3)


def test_what_is_too_long_is_not_sent(page: Page, people: Cast, article: str) -> None:
    sites.set_policy(people.site, {"max_length": 20}, by=people.olga)
    page.goto(article)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    write(box(page), "x" * 23)
    expect(box(page).locator("#write .tell")).to_have_text("3 characters too many")
    assert "POST" not in asked


def test_asked_first_and_then_too_soon(page: Page, slow: Callable[[], None]) -> None:
    frame = box(page)
    write(frame, "One.")
    expect(frame.locator("#list > .c")).to_have_count(1)
    write(frame, "You idiot.")
    frame.get_by_role("button", name="Post anyway").click()
    expect(frame.locator("#write .tell")).to_contain_text("We’ll send it then.")
    expect(frame.locator(".ask")).to_have_count(0)
    slow()
    expect(frame.locator("#list > .c")).to_have_count(2)


def test_who_is_rejected_by_rules_is_told_so(page: Page, people: Cast, article: str) -> None:
    changes = {"banned_words": ["casino"], "suspect_words": ["gold"], "nudge": False}
    sites.set_policy(people.site, changes, by=people.olga)
    page.goto(article)
    write(box(page), "Casino gold.")
    own = box(page).locator("#list .own")
    expect(own).to_contain_text("This was decided automatically.")
    expect(own).not_to_contain_text("A moderator made this decision")
