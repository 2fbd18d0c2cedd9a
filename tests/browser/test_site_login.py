"""A site's own login reaches the box: in the tag, or later by a call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import jwt
import pytest
from playwright.sync_api import Page, expect

from commentsvc.accounts import frames
from commentsvc.core import clock
from commentsvc.sites.commands import set_policy
from commentsvc.sites.look.accent import shades
from tests.browser.conftest import Pages, box, write
from tests.browser.test_sign_in import sign_in

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

FERRY = "https://news.example.org/2026/ferry"


def token_of(people: Cast, user_id: str, *, later: int = 0, **claims: object) -> str:
    now = int(clock.now().timestamp()) + later
    user = {"id": user_id, "username": f"Reader {user_id}"}
    given = {"aud": "harbour", "iat": now, "exp": now + 300, "user": user, **claims}
    return jwt.encode(given, people.site.secrets[0], algorithm="HS256")


def test_it_works(page: Page, people: Cast, pages: Pages) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(2):  # known again, without another question
        page.goto(pages.write(pages.tag(token=token_of(people, "17"))))
        expect(box(page).locator("#me bdi")).to_have_text("Reader 17")
    assert len([url for url in asked if url.endswith("/sign-in/site")]) == 1
    page.evaluate("token => commentsvc.signIn(token)", token_of(people, "18"))
    expect(box(page).locator("#me bdi")).to_have_text("Reader 18")
    page.evaluate("commentsvc.signIn('')")
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()
    page.evaluate("token => commentsvc.signIn(token)", token_of(people, "18", aud="mountain"))
    expect(box(page).locator("#asking")).to_have_attribute("role", "alert")
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()


def test_two_boxes_and_one_token(page: Page, people: Cast, pages: Pages) -> None:
    token = token_of(people, "17", jti="only once")
    other = pages.tag(href="https://news.example.org/2026/ferry", token=token)
    page.goto(pages.write(pages.tag(token=token) + other))
    for at in (0, 1):
        expect(box(page, at).locator("#me bdi")).to_have_text("Reader 17")


def test_a_box_that_found_nobody_learns_who_another_has_signed_in(
    page: Page, people: Cast, pages: Pages
) -> None:
    token = token_of(people, "17")
    page.goto(pages.write(pages.tag(token=" ") + "<div id=later></div>"))
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()
    page.evaluate(
        "([href, token]) => commentsvc.mount(later, {site: 'harbour', href, token, lazy: 'false'})",
        [FERRY, token],
    )
    expect(box(page, 1).locator("#me bdi")).to_have_text("Reader 17")
    page.evaluate("token => commentsvc.signIn(token)", token)
    expect(box(page).locator("#me bdi")).to_have_text("Reader 17")


def test_who_signed_in_in_the_box_stays_whatever_the_page_does_not_say(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    sign_in(page, box(page))
    page.evaluate("commentsvc.signIn('')")
    page.reload()
    expect(box(page).locator("#me bdi")).to_have_text("Rita")


def by_function(page: Page, token: str) -> None:
    """Give the page a function that answers with what `window.next` is by then."""
    page.evaluate("token => { window.next = token; window.calls = 0 }", token)
    page.evaluate("commentsvc.signIn(async () => { calls++; return next })")


def test_a_function_gives_tokens_and_is_asked_again(
    page: Page, people: Cast, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "ACCESS_SECONDS", 70)  # ten seconds, then a renewal
    page.goto(pages.write(pages.tag() + pages.tag(href=FERRY)))
    by_function(page, token_of(people, "17", jti="first"))
    for at in (0, 1):
        expect(box(page, at).locator("#me bdi")).to_have_text("Reader 17")
    user = {"id": "17", "username": "Seventeen"}
    with page.expect_response("**/sign-in/site") as renewed:
        page.evaluate("token => { next = token }", token_of(people, "17", later=5, user=user))
    assert renewed.value.ok and page.evaluate("calls") >= 2
    page.evaluate("next = ''")  # the page's own sign-in is over: its function says so
    for at in (0, 1):
        expect(box(page, at).locator("#me [data-action=sign-in]")).to_be_visible()


def test_a_function_that_fails_changes_nothing(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(pages.tag(token=token_of(people, "17"))))
    expect(box(page).locator("#me bdi")).to_have_text("Reader 17")
    with page.expect_console_message(lambda message: "no session" in message.text):
        page.evaluate("commentsvc.signIn(() => Promise.reject(new Error('no session')))")
    expect(box(page).locator("#me bdi")).to_have_text("Reader 17")
    page.evaluate("token => commentsvc.signIn(() => token)", token_of(people, "18"))
    expect(box(page).locator("#me bdi")).to_have_text("Reader 18")


def test_signing_out_on_the_page_is_heard_everywhere(
    page: Page, people: Cast, pages: Pages
) -> None:
    """In every box, in other tabs, and in "My comments", which open without another sign-in."""
    token = token_of(people, "17")
    address = pages.write(pages.tag(token=token) + pages.tag(href=FERRY))
    page.goto(address)
    for at in (0, 1):
        expect(box(page, at).locator("#me bdi")).to_have_text("Reader 17")
    context = page.context
    other = context.new_page()
    other.goto(address)
    for at in (0, 1):
        expect(box(other, at).locator("#me bdi")).to_have_text("Reader 17")
    page.bring_to_front()
    with context.expect_page() as opened:
        box(page).get_by_role("link", name="My comments").click()
    account = opened.value
    expect(account.locator("body")).to_contain_text("Reader 17")
    assert account.url.endswith("/account/") and "refresh" not in account.url
    page.evaluate("commentsvc.signOut()")
    for each, at in ((page, 0), (page, 1), (other, 0), (other, 1)):
        expect(box(each, at).locator("#me [data-action=sign-in]")).to_be_visible()
    account.reload()
    expect(account).to_have_url(re.compile("/account/sign-in"))


def test_a_page_that_says_nobody_signs_out_whom_it_had_vouched_for(
    page: Page, people: Cast, pages: Pages
) -> None:
    page.goto(pages.write(pages.tag(token=token_of(people, "17"))))
    expect(box(page).locator("#me bdi")).to_have_text("Reader 17")
    page.goto(pages.write(pages.tag(), "later.html"))  # its template prints no token any more
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()


def test_the_page_signs_in_by_itself_and_readers_come_back(
    page: Page, people: Cast, pages: Pages
) -> None:
    """`data-sign-in-url` opens the paper's own page; afterwards readers are where they were."""
    tall = "<div style='height:3000px'>Text.</div>"
    login = "<script>addEventListener('click',()=>location=decodeURIComponent(location.search.slice(6)))"
    pages.write(f"{login}</script><button>Go on</button>", "login.html")
    tag = pages.tag(sign_in_url="/login.html?next={url}", title="The bridge")
    address = pages.write(tall + tag)
    page.goto(f"{address}?a=1&b=2")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    button = box(page).locator("#me [data-action=sign-in]")
    expect(button).to_be_visible()
    before = page.evaluate("scrollY")
    button.click()
    page.wait_for_url("**/login.html?next=*")
    pages.write(tall + pages.tag(sign_in_url="/login.html", token=token_of(people, "17")))
    page.get_by_role("button").click()
    page.wait_for_url(f"{address}?a=1&b=2")
    expect(box(page).locator("#me bdi")).to_have_text("Reader 17")
    page.wait_for_function("before => Math.abs(scrollY - before) < 200", arg=before)


def test_the_page_hears_that_sign_in_is_pressed(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(pages.tag(sign_in_url="javascript:alert(1)")))
    button = box(page).locator("#me [data-action=sign-in]")
    with page.expect_popup() as popup:  # not an address: the box signs in as ever
        button.click()
    popup.value.close()
    box(page).get_by_role("button", name="Cancel").click()
    page.evaluate(
        "token => commentsvc.on('sign-in', (event, place) => {"
        "event.preventDefault(); document.title = place.tagName; commentsvc.signIn(token)})",
        token_of(people, "17"),
    )
    there = page.context.pages
    button.click()
    expect(box(page).locator("#me bdi")).to_have_text("Reader 17")
    assert page.title() == "DIV" and page.context.pages == there


def test_an_anonymous_reader_pays_nothing(page: Page, people: Cast, pages: Pages) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages.write(pages.tag(token="", sign_in_url="/login.html")))
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "signing" in url or "sign_in" in url]


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.drill), "dark"])
def test_badges_pictures_and_links_are_the_sites(
    page: Page, people: Cast, pages: Pages, scheme: Literal["light", "dark"]
) -> None:
    origin = pages.url
    badges = ["subscriber | Subscriber | #ffe14d", "author | Author"]
    set_policy(people.site, {"badges": badges, "picture_origins": [origin]}, by=None)
    (pages.folder / "face.svg").write_text(FACE)
    user = {
        "id": "17",
        "username": "Sam Reader",
        "badges": ["subscriber", "author"],
        "url": f"{origin}/readers/17",
        "picture": f"{origin}/face.svg",
    }
    page.emulate_media(color_scheme=scheme)
    page.goto(pages.write(pages.tag(token=token_of(people, "17", user=user), colorscheme=scheme)))
    frame = box(page)
    expect(frame.locator("#me bdi")).to_have_text("Sam Reader")
    write(frame, "The ferry was late again.", None)
    comment = frame.locator("#list .c").first
    expect(comment.locator(".badge")).to_have_text(["Subscriber", "Author"])
    expect(comment.locator(".by a")).to_have_attribute("href", f"{origin}/readers/17")
    picture = comment.locator(".face img")
    expect(picture).to_have_js_property("complete", True)
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    shade = next(each for each in shades("#ffe14d") if each.scheme == scheme)
    expect(comment.locator(".badge").first).to_have_css("color", rgb(shade.color))


FACE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="20"/></svg>'


def rgb(color: str) -> str:
    return "rgb({}, {}, {})".format(*(int(color[at : at + 2], 16) for at in (1, 3, 5)))
