"""Attack vectors through the true path: posted, edited, previewed, then looked at in Chromium with our
Content-Security-Policy switched off, so that nothing but the cleaning stands in their way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from commentsvc.core.errors import DomainError
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from tests.browser.conftest import ARTICLE, Server
from tests.drills.figures import figure
from tests.factories import post
from tests.people import PASSWORD, Cast
from tests.shared_data import shared, shared_lines

pytestmark = pytest.mark.browser

#: A few of our own, for when the shared data is not there.
OWN = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](java\tscript:alert(1) 'x')",
    "![a](javascript:alert(1))",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    '<a href="javascript&colon;alert(1)">x</a>',
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "`<script>alert(1)</script>`",
    '<https://example.org/"onmouseover=alert(1)>',
    "> <iframe srcdoc='<script>parent.alert(1)</script>'>",
    "<style>@import'https://leaking.example/x';</style>",
    '<img src="https://leaking.example/pixel.png">',
    "\u202e<script>alert(1)</script>",
)
ALLOWED = set(re.findall(r"\w+", "a b blockquote br code em hr i li ol p pre s strong ul del"))
WATCH = """window.ran = 0;
for (const name of ["alert", "confirm", "prompt", "print", "find", "open"])
    window[name] = () => { window.ran++; };"""
#: Touch everything that a reader could touch.
TOUCH = """(css) => {
    for (const node of document.querySelectorAll(css)) {
        for (const name of ["mouseover", "mouseenter", "pointerover", "focus", "click", "error", "load",
            "animationstart", "toggle", "paste", "wheel", "keydown"]) {
            const event = new Event(name, {bubbles: true, cancelable: true});
            try { node.dispatchEvent(event) } catch {}
        }
        if (/^\\s*javascript:/i.test(node.getAttribute("href") || "")) window.ran++;
    }
    return window.ran;
}"""


def vectors() -> list[str]:
    rows = [*shared_lines("xss/vectors.jsonl"), *shared_lines("xss/leaks.jsonl")]
    return [*OWN, *(row["payload"] for row in rows)]


@pytest.fixture
def lenient(people: Cast) -> Cast:
    """A site that publishes whatever comes."""
    policy = {"max_links": 100, "max_length": 20000, "hold_repeats": False, "flood_count": 1000}
    sites.set_policy(people.site, policy, by=people.olga)
    return people


@pytest.fixture
def looking(new_context: Callable[..., BrowserContext]) -> Iterator[tuple[Page, list[str]]]:
    """A page that counts what runs, and all requests that leave."""
    context = new_context(bypass_csp=True)
    context.add_init_script(WATCH)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page, asked


def store(people: Cast, payloads: list[str]) -> int:
    """Post each as text and as a name, every third one by an edit; returns how many were taken."""
    taken = 0
    for number, payload in enumerate(payloads):
        try:
            if number % 3:
                post(people.site, payload, name=payload[:60] if number % 2 else "Reader")
            else:
                made = post(people.site, f"Before {number}.", user=people.max).comment
                posting.edit(made.public_id, payload, user=people.max)
            taken += 1
        except DomainError:
            continue  # refused with a clear problem: too long, control characters, no name
    return taken


def look(page: Page, live: Server, address: str, css: str) -> int:
    page.goto(f"{live.url}{address}")
    page.wait_for_timeout(150)
    return int(page.evaluate(TOUCH, css))


def walk(page: Page, live: Server) -> tuple[int, set[str], int]:
    """Through all pages of the thread: what ran, which elements there were, how many comments."""
    ran, tags, seen = 0, set(), 0
    address: str | None = f"/embed/thread?site=harbour&href={ARTICLE}&numposts=100&sort=oldest"
    while address:
        ran += look(page, live, address, "#list *")
        seen += page.locator("#list .c").count()
        tags |= set(
            page.evaluate(
                '[...document.querySelectorAll(".text *")].map((node) => node.localName + '
                "[...node.attributes].filter((each) => /^on|^style|^src/i.test(each.name))"
                ".map((each) => ' ' + each.name).join(''))"
            )
        )
        more = page.locator("#more a")
        address = more.get_attribute("href") if more.count() else None
    return ran, tags, seen


def hold(people: Cast, live: Server, looking: tuple[Page, list[str]], payloads: list[str]) -> int:
    page, asked = looking
    taken = store(people, payloads)
    ran, tags, seen = walk(page, live)
    assert seen >= taken * 0.95
    assert ran == 0
    assert tags <= ALLOWED
    page.goto(f"{live.url}/account/sign-in")
    page.get_by_label("E-mail").fill("mona@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard/**")
    assert look(page, live, "/dashboard/?queue=all&order=oldest", "main *") == 0
    assert [url for url in asked if not url.startswith((live.url, "data:", "blob:"))] == []
    return taken


def test_it_works(lenient: Cast, live: Server, looking: tuple[Page, list[str]]) -> None:
    """A sample of the vectors, and all of our own."""
    every = vectors()
    assert hold(lenient, live, looking, [*OWN, *every[len(OWN) :: 40]]) > 10


def test_the_control_sees_what_runs(looking: tuple[Page, list[str]], live: Server) -> None:
    """The same watch on uncleaned markup reports executions; else the zeroes above mean nothing."""
    page, _ = looking
    ran = 0
    for payload in (OWN[0], OWN[1], OWN[5], OWN[6]):
        ran += raw(page, live, payload)
    assert ran == 4


def test_the_preview_is_clean_too(lenient: Cast, live: Server) -> None:
    for payload in OWN:
        html = posting.preview(lenient.site, payload)
        assert "<script" not in html and "<img" not in html and '="javascript:' not in html


def raw(page: Page, live: Server, payload: str) -> bool:
    """Whether this runs when it is shown as it is."""
    page.route("**/raw", lambda route: route.fulfill(content_type="text/html", body=payload))
    try:
        page.goto(f"{live.url}/raw", wait_until="commit", timeout=2000)
        page.wait_for_timeout(60)
        return bool(page.evaluate(TOUCH, "*"))
    except Exception as error:  # a vector that navigated away has run
        return "navigat" in str(error) or "destroyed" in str(error)
    finally:
        page.unroute("**/raw")


@pytest.mark.drill
def test_every_vector(lenient: Cast, live: Server, looking: tuple[Page, list[str]]) -> None:
    payloads = vectors()
    taken = hold(lenient, live, looking, payloads)
    figure("xss", "vectors", len(payloads))
    figure("xss", "taken (the rest were refused)", taken)
    figure("xss", "executions", 0)


@pytest.mark.drill
def test_the_control_on_a_sample(looking: tuple[Page, list[str]], live: Server) -> None:
    """Of the vectors that are known to run raw, the watch reports most."""
    page, _ = looking
    path = shared("xss/fires_raw.json")
    known: set[str] = set(json.loads(path.read_text("utf-8"))["ids"]) if path else set()
    rows: list[Any] = [row for row in shared_lines("xss/vectors.jsonl") if row["id"] in known][::25]
    payloads = [row["payload"] for row in rows] or [OWN[0], OWN[1]]
    seen = sum(raw(page, live, payload) for payload in payloads)
    figure("xss", "control: share of known ones that ran raw", seen / len(payloads))
    assert seen / len(payloads) > 0.6
