"""axe-core finds nothing serious on any page of dashboard and account, light or dark, wide or narrow."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from commentsvc.accounts import proofs
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.exchange.uploads import commands as uploads
from commentsvc.moderation import commands
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.appeals import appeal
from commentsvc.moderation.cases.notices import give_notice
from commentsvc.moderation.sharing import canned, filters, own_reasons
from commentsvc.notifications import signed
from commentsvc.notifications.chat import commands as chats
from commentsvc.notifications.chat.commands import Wishes
from commentsvc.notifications.webhooks import subscribe
from commentsvc.sites import first_run
from commentsvc.sites.sections.commands import add_section
from tests.browser.axe import bring, serious
from tests.browser.held import until
from tests.factories import post
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

PAGES = (
    "/dashboard/",
    "/dashboard/?queue=reported",
    "/dashboard/?queue=rejected",
    "/dashboard/?label=insult&at_least=0.99",
    "/dashboard/comments/{comment}",
    "/dashboard/appeals",
    "/dashboard/notices",
    "/dashboard/bulk/{bulk}",
    "/dashboard/log",
    "/dashboard/channels",
    "/dashboard/channels/{channel}",
    "/dashboard/people",
    "/dashboard/people/{person}",
    "/dashboard/sites",
    "/dashboard/sites/harbour",
    "/dashboard/sites/harbour/start",
    "/dashboard/sites/harbour/policy",
    "/dashboard/sites/harbour/policy/history",
    "/dashboard/sites/harbour/policy/history/0",
    "/dashboard/sites/harbour/sections",
    "/dashboard/sites/harbour/policy?section={section}",
    "/dashboard/sites/harbour/canned",
    "/dashboard/sites/harbour/reasons",
    "/dashboard/shift",
    "/dashboard/sites/harbour/look",
    "/dashboard/sites/harbour/people",
    "/dashboard/sites/harbour/moving",
    "/dashboard/sites/harbour/imports/{import_}",
    "/dashboard/sites/harbour/webhooks",
    "/dashboard/sites/harbour/webhooks/{webhook}",
    "/dashboard/sites/harbour/judges",
    "/dashboard/sites/harbour/keys",
    "/dashboard/sites/harbour/sign-in?kind=apple",
    "/dashboard/sites/harbour/advisor",
    "/dashboard/sites/harbour/calibration",
    "/dashboard/sites/harbour/scorer",
    "/dashboard/figures",
    "/dashboard/temperature",
    "/dashboard/fairness",
    "/dashboard/report",
    "/dashboard/second",
    "/dashboard/agreement",
    "/dashboard/networks",
    "/dashboard/comments/{comment}/network",
    "/migrate",
    "/account/",
    "/account/out",
    "/account/security",
    "/account/security/app",
    "/account/forgot",
    "/account/confirm?token={verify}",
    "/account/reset?token={reset}",
    "/account/letters/decide?token={decide}&do=approve",
    "/account/letters/decide?token={decide}&do=reject",
    "/account/letters/off?token={stop}",
    "/account/letters/stay?token={stay}",
    "/account/email",
    "/embed/sign-in?site=harbour&nonce={nonce}",
    "/embed/sign-in?site=harbour&act=sign-in&nonce={nonce}",
    "/embed/sign-in?site=harbour&new=1&nonce={nonce}",
    "/embed/sign-in?site=harbour&act=forgot&nonce={nonce}",
)


#: What makes a page wider than its window.
WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth || each.getBoundingClientRect().left < 0)
  .map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 20)}`).slice(0, 5)"""


def fits(page: Page, width: int) -> bool:
    """Whether the page is no wider than its window, once its charts are drawn for it."""
    try:
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth") <= width, "wide")
    except AssertionError:
        return False
    return True


@pytest.fixture
def filled(people: Cast) -> dict[str, str]:
    """Something in every queue; the ids that addresses need."""
    post(people.site, "I will kill you.", name="Kim")
    post(people.site, "What an idiot.", name="Jo")
    reported = post(people.site, "Quite harmless, this.", name="Ben").comment
    commands.flag(reported.public_id, user=people.rita, reason="spam", note="Every day.")
    own = post(people.site, "You idiot!", user=people.olga).comment
    commands.decide(own.public_id, action="reject", reason="abusive", by=people.mona, note="x")
    _a_case_of_each(people, reported.public_id)
    held = post(people.site, "You idiot, by email.", name="Di").comment
    with unit_of_work():
        people.max.leaving_at = clock.now() + timedelta(hours=20)
    _long_names(people)
    mailed = {
        kind: proofs.issue(kind, user=people.rita, ttl=timedelta(hours=1))
        for kind in ("verify", "reset")
    }
    return {
        **_things_of_the_site(people),
        "comment": own.public_id,
        "person": people.bo.public_id,
        "decide": signed.decide_token(people.mona, held.public_id, held.version),
        "stop": signed.stop_token(people.mona.public_id, "queue"),
        "stay": signed.stay_token(people.max),
        "nonce": "a" * 32,
        **mailed,
    }


def _long_names(people: Cast) -> None:
    """Names as long as people may choose them, in one word: on a phone, no page gets wider."""
    olga, word = people.olga, "W" * 60
    own_reasons.add(people.site, own_reasons.Wording({"en": word}, {"en": word * 3}), by=olga)
    canned.add(people.site, word, {"en": word * 3}, by=olga)
    filters.save(word, filters.Narrowed("pending", "newest", {"q": word}), site=None, by=olga)
    with unit_of_work():
        for table, column, most in (
            ("user", "name", 50),
            ("thread", "title", 200),
            ("site", "name", 60),
        ):
            said = text(f'UPDATE "{table}" SET {column} = :word')
            db.session.execute(said, {"word": (word * 4)[:most]})


def _a_case_of_each(people: Cast, published: str) -> None:
    """A notice and an appeal that wait."""
    give_notice(
        published,
        law="Section 1",
        explanation="It says what is not true about me.",
        good_faith=True,
        name="Nora",
        email="nora@example.org",
    )
    taken = post(people.site, "You fool.", user=people.rita).comment
    made = commands.decide(taken.public_id, action="reject", reason="abusive", by=people.mona)
    with unit_of_work():
        made.tell_after = clock.now() - timedelta(minutes=1)
    appeal(taken.public_id, "It was a quote.", by=people.rita)


def _things_of_the_site(people: Cast) -> dict[str, str]:
    """What an owner sets up, each with a page of its own, by the name its address has above."""
    site, olga = people.site, people.olga
    lines = b"thread_url,author,text\nhttps://news.example.org/1,Ann,Words\n"
    tried = uploads.try_file(
        site, lambda out: out.write(lines) and None, uploads.Options(), name="a.csv", by=olga
    )
    channel = chats.add(site, "ntfy://ntfy.example.org/mod", Wishes(what=["pending"]), by=olga)
    hook = subscribe(site, "https://example.org/hook", events=["comment.published"], by=olga)
    return {
        "bulk": bulk.preview([site], action="reject", reason="spam", by=olga).public_id,
        "channel": channel.public_id,
        "import_": tried.public_id,
        "section": add_section(site, name="Sport", tags=["sport"], by=olga).code,
        "webhook": hook.public_id,
    }


def test_what_is_wrong_is_found(page: Page) -> None:
    page.set_content(
        "<title>A</title><button></button><p style='color: #eee; background: #fff'>Hello"
    )
    found = {each[1] for each in serious(page)}
    assert found == {"button-name", "color-contrast", "html-has-lang"}


@pytest.mark.parametrize(
    ("scheme", "width", "paths"),
    [
        # each page once here; in every light and width in the drill
        pytest.param("light", 1280, PAGES[::2], id="light-1280"),
        pytest.param("dark", 360, PAGES[1::2], id="dark-360"),
        *(
            pytest.param(scheme, width, PAGES, id=f"all-{scheme}-{width}", marks=pytest.mark.drill)
            for scheme in ("light", "dark")
            for width in (1280, 360)
        ),
    ],
)
def test_every_page(
    live: Server,
    filled: dict[str, str],
    new_context: Callable[..., BrowserContext],
    scheme: str,
    width: int,
    paths: tuple[str, ...],
) -> None:
    size: Any = {"width": width, "height": 800}
    page = new_context(color_scheme=scheme, viewport=size, bypass_csp=True).new_page()
    bring(page)
    found: dict[str, object] = {}

    def look(path: str) -> None:
        answer = page.goto(live.url + path)
        assert answer is not None and answer.status == 200, path
        if problems := serious(page):
            found[path] = problems
        for each in {width, 360}:
            page.set_viewport_size({"width": each, "height": 800})
            if not fits(page, each):
                found[f"{path} at {each}"] = page.evaluate(WIDE)
        page.set_viewport_size(size)

    look("/account/sign-in")
    look("/account/register")
    page.goto(live.url + "/account/sign-in")
    page.fill("[name=email]", "olga@example.org")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/dashboard/")
    for path in paths:
        look(path.format(**filled))
    page.goto(live.url + "/dashboard/")
    found |= _what_keys_open(page)
    assert found == {}, "\n".join(f"{where}: {what}" for where, what in found.items())


def _what_keys_open(page: Page) -> dict[str, object]:
    """What is wrong over the queue, once one of these keys was pressed."""
    found: dict[str, object] = {}
    page.keyboard.press("j")
    for key, name in (("n", "the drawer"), ("d", "the reason picker"), ("?", "the list of keys")):
        page.keyboard.press(key)
        if key == "n":
            page.locator("#drawer .theirs").wait_for()
        if problems := serious(page):
            found[name] = problems
        page.keyboard.press("Escape")
    return found


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_set_up_page(
    live: Server, new_context: Callable[..., BrowserContext], scheme: str, width: int
) -> None:
    page = new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    ).new_page()
    page.goto(f"{live.url}/account/set-up?token={first_run.new_token()}")
    assert page.get_by_label("Websites that may show these comments").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []
