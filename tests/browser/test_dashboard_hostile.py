"""Hostile words in every place where the dashboard shows what others wrote: nothing runs, nothing is
asked of another host. Without the content security policy, so that escaping alone has to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import DomainError
from commentsvc.moderation import commands
from tests.factories import post
from tests.people import PASSWORD, Cast
from tests.shared_data import shared_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

VECTORS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'\"><details open ontoggle=alert(1)>x",
    "</script><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><svg/onload=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<body onload=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
    "<a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.gif)",
    "<img src=https://tracker.example/pixel.gif>",
    "<style>@import 'https://tracker.example/a.css'</style>",
    "<input autofocus onfocus=alert(1)>",
    "{{7*7}}{% raw %}<script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<x onanimationstart=alert(1) style='animation:x'><style>@keyframes x{}</style>",
)
HOOK = """(() => { window.fired = []; for (const name of ['alert', 'confirm', 'prompt', 'print'])
  window[name] = (...words) => { window.fired.push(name); }; })()"""


def vectors(step: int) -> list[str]:
    rows = shared_lines("xss/vectors.jsonl") + shared_lines("xss/leaks.jsonl")
    return [*VECTORS, *(str(each["payload"]) for each in rows[::step])]


def fill(people: Cast, payloads: Sequence[str]) -> int:
    """Put each vector wherever somebody else's words are shown. Returns how many texts were taken."""
    taken = 0
    for payload in payloads:
        payload = payload.replace("\x00", "").encode("utf-8", "ignore").decode()
        try:
            more = "\nidiot" if taken % 2 else ""  # every other one is held
            made = post(people.site, payload + more, name="Somebody").comment
        except DomainError:
            continue
        taken += 1
        if made.status == "published":
            commands.flag(made.public_id, user=people.rita, reason="spam", note=payload[:2000])
        values = {"words": payload[:120], "id": made.author_id, "thread": made.thread_id}
        with unit_of_work():
            db.session.execute(text('UPDATE "user" SET name = :words WHERE id = :id'), values)
            db.session.execute(text("UPDATE thread SET title = :words WHERE id = :thread"), values)
        if taken % 3 == 0:
            commands.decide(
                made.public_id,
                action="reject",
                reason="spam",
                note=payload[:2000],
                message=payload[:2000],
                by=people.mona,
            )
    return taken


def fired_raw(context: BrowserContext, payloads: Sequence[str]) -> int:
    """The control: how many of them run when nothing protects a page."""
    page, count = context.new_page(), 0
    for payload in payloads:
        page.set_content(f"<div>{payload}</div>", wait_until="commit")
        page.wait_for_timeout(60)
        count += bool(page.evaluate("window.fired?.length ?? 0"))
    page.close()
    return count


def look_everywhere(page: Page, base: str, most: int, single: int) -> list[str]:
    """Walk so many pages of queues, log and people, and about so many single comments; what ran or asked
    elsewhere, with its page."""
    wrong: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith(base):
            wrong.append(f"asked {request.url[:200]}")

    page.on("request", asked)
    seen: list[str] = []

    def look(path: str) -> str | None:
        page.goto(base + path if path.startswith("/") else path)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        fired = page.evaluate("window.fired")
        if fired:
            wrong.append(f"{path}: {fired}")
        link = page.locator("#more, .more a").first
        return link.get_attribute("href") if link.count() else None

    starts = (
        "/dashboard/",
        "/dashboard/?queue=all&order=newest",
        "/dashboard/?queue=reported",
        "/dashboard/?queue=rejected",
        "/dashboard/log",
        "/dashboard/people",
    )
    for start in starts:
        path: str | None = start
        for _ in range(most):
            path = look(str(path))
            ids = page.evaluate("[...document.querySelectorAll('.card')].map(c => c.dataset.id)")
            seen += ids
            if path is None:
                break
    for public_id in list(dict.fromkeys(seen))[:: max(1, len(seen) // single)]:
        look(f"/dashboard/comments/{public_id}")
    return wrong


def walk(
    live: Server,
    people: Cast,
    new_context: Callable[..., BrowserContext],
    step: int,
    most: int,
    single: int,
) -> tuple[int, list[str]]:
    taken = fill(people, vectors(step))
    context = new_context(bypass_csp=True)
    context.add_init_script(HOOK)
    page = context.new_page()
    page.goto(f"{live.url}/account/sign-in")
    page.fill("[name=email]", "mona@example.org")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/dashboard/")
    return taken, look_everywhere(page, live.url, most, single)


def test_nothing_runs(
    live: Server, people: Cast, new_context: Callable[..., BrowserContext]
) -> None:
    control = new_context(bypass_csp=True)
    control.add_init_script(HOOK)
    assert fired_raw(control, VECTORS) >= 0.5 * len(VECTORS)
    taken, wrong = walk(live, people, new_context, step=200, most=2, single=8)
    assert taken >= len(VECTORS) - 2 and wrong == []


@pytest.mark.drill
def test_nothing_of_all_vectors_runs(
    live: Server, people: Cast, new_context: Callable[..., BrowserContext]
) -> None:
    taken, wrong = walk(live, people, new_context, step=1, most=1000, single=25)
    print(f"\ndashboard: {taken} vectors shown, {len(wrong)} ran or asked elsewhere")
    assert wrong == []
