"""Attack vectors through the true path: posted, edited, previewed, then looked at in Chromium with our
Content-Security-Policy switched off, so that nothing but the cleaning stands in their way."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from commentsvc.core.db import db
from commentsvc.core.errors import DomainError
from commentsvc.posting import before
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment
from tests.browser.conftest import ARTICLE, PATIENCE, Server
from tests.drills.figures import figure
from tests.factories import post
from tests.people import PASSWORD, Cast
from tests.shared_data import shared, shared_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

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
#: In every frame of the page: what attack vectors call tells us that they ran.
WATCH = """for (const name of ["alert", "confirm", "prompt", "print", "find", "open"])
    window[name] = () => window.itRan();"""
#: Touch everything that a reader could touch, in every way that it listens for. What is not `ours` is
#: clicked, too: our own buttons decide and ask the server, and look the same on every page.
TOUCH = """([css, ours]) => {
    for (const node of document.querySelectorAll(css)) {
        const names = [...node.attributes].map((each) => each.name).filter((each) => /^on/i.test(each));
        const plain = node.matches(ours) ? ["mouseover", "focus"] : ["mouseover", "click", "focus"];
        for (const name of [...plain, ...names.map((each) => each.slice(2))]) {
            try { node.dispatchEvent(new Event(name, {bubbles: true, cancelable: true})) } catch {}
        }
        if (/^\\s*javascript:/i.test(node.getAttribute("href") || "")) window.itRan();
    }
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


@dataclass
class Looking:
    """A page, how often something ran in it, and what it asked for."""

    page: Page
    ran: int = 0
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def looking(chromium: Browser) -> Iterator[Looking]:
    context = chromium.new_context(bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    found = Looking(context.new_page())

    def it_ran(_source: Any) -> None:
        found.ran += 1

    context.expose_binding("itRan", it_ran)
    context.add_init_script(WATCH)
    found.page.on("request", lambda request: found.asked.append(request.url))
    yield found
    context.close()


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


def look(looking: Looking, live: Server, address: str, css: str, ours: str = "html") -> None:
    looking.page.goto(f"{live.url}{address}")
    looking.page.wait_for_timeout(150)
    looking.page.evaluate(TOUCH, [css, ours])


def walk(looking: Looking, live: Server) -> tuple[set[str], int]:
    """Through all pages of the thread: which elements there were, and how many comments."""
    page = looking.page
    tags: set[str] = set()
    seen = 0
    address: str | None = f"/embed/thread?site=harbour&href={ARTICLE}&numposts=100&sort=oldest"
    while address:
        look(looking, live, address, "#list *")
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
    return tags, seen


def walk_the_dashboard(looking: Looking, live: Server, most: int) -> int:
    """Through pages of the queue that holds everything; returns how many."""
    page = looking.page
    page.goto(f"{live.url}/account/sign-in")
    page.get_by_label("Email").fill("mona@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard/**")
    address: str | None = "/dashboard/?queue=all&order=oldest"
    walked = 0
    while address and walked < most:
        look(looking, live, address, "main *", ours=":not(.text *, blockquote *)")
        walked += 1
        more = page.locator("p.more a")
        address = more.first.get_attribute("href") if more.count() else None
        if address and address.startswith("?"):
            address = f"/dashboard/{address}"
    return walked


def hold(people: Cast, live: Server, looking: Looking, payloads: list[str], most: int = 2) -> int:
    taken = store(people, payloads)
    tags, seen = walk(looking, live)
    public = db.session.query(Comment).filter_by(status="published").count()
    db.session.rollback()
    assert seen >= public >= taken * 0.8  # of our own few, two are held: names that are somebody's
    assert tags <= ALLOWED
    assert walk_the_dashboard(looking, live, most) >= min(most, taken // 50)
    assert looking.ran == 0
    assert [url for url in looking.asked if not url.startswith((live.url, "data:", "blob:"))] == []
    return taken


def test_it_works(lenient: Cast, live: Server, looking: Looking) -> None:
    """A sample of the vectors, and all of our own."""
    every = vectors()
    assert hold(lenient, live, looking, [*OWN, *every[len(OWN) :: 80]]) > 10


def test_the_control_sees_what_runs(looking: Looking, live: Server) -> None:
    """The same watch on uncleaned markup reports executions; else the zeroes above mean nothing."""
    assert all(raw(looking, live, OWN[at], "html") for at in (0, 1, 5, 6))


def test_the_preview_is_clean_too(lenient: Cast, live: Server) -> None:
    for payload in OWN:
        html = before.preview(lenient.site, payload)
        assert "<script" not in html and "<img" not in html and '="javascript:' not in html


#: Where a vector belongs, when it is shown as it is.
PLACES = {
    "js": "<script>{}</script>",
    "js_arg": "<script>(0,{})</script>",
    "js_string": "<script>var x = '{}'</script>",
    "js_string_double": '<script>var x = "{}"</script>',
    "href": '<a href="{}">x</a>',
    "onerror_attr": '<img src=x onerror="{}">',
}


def raw(looking: Looking, live: Server, payload: str, context: str) -> bool:
    """Whether this runs when it is shown as it is."""
    page, before = looking.page, looking.ran
    body = PLACES.get(context, "<!doctype html><body>{}").replace("{}", payload)
    page.route("**/raw", lambda route: route.fulfill(content_type="text/html", body=body))
    try:
        page.goto(f"{live.url}/raw", wait_until="commit", timeout=3000)
        page.wait_for_timeout(120)
        page.evaluate(TOUCH, ["*", "html"])
        page.wait_for_timeout(60)
    except PlaywrightError:  # a vector that navigated away; what it did before is counted
        page.wait_for_timeout(60)
    finally:
        page.unroute("**/raw")
    return looking.ran > before


@pytest.mark.drill
def test_every_vector(lenient: Cast, live: Server, looking: Looking) -> None:
    payloads = vectors()
    taken = hold(lenient, live, looking, payloads, most=1000)
    figure("xss", "vectors", len(payloads))
    figure("xss", "taken (the rest were refused)", taken)
    figure("xss", "executions in box and dashboard", looking.ran)


@pytest.mark.drill
def test_the_control_on_a_sample(looking: Looking, live: Server) -> None:
    """Of the vectors that are known to run raw, the watch reports most."""
    path = shared("xss/fires_raw.json")
    known: set[str] = set(json.loads(path.read_text("utf-8"))["ids"]) if path else set()
    rows: list[Any] = [row for row in shared_lines("xss/vectors.jsonl") if row["id"] in known][::12]
    rows = rows or [{"payload": OWN[0], "context": "html"}]
    seen = sum(raw(looking, live, row["payload"], row["context"]) for row in rows)
    figure("xss", "control: share of known ones that ran raw", seen / len(rows))
    assert seen / len(rows) > 0.6
