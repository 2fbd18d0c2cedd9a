"""A guest's browser makes an effort when a script may sit there; an ordinary reader notices nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core.db import db
from commentsvc.posting.bots import effort
from commentsvc.posting.bots.models import SpentEffort
from tests.browser.conftest import box, write
from tests.browser.held import Held
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

SAYS = "One moment: checking that this comment wasn’t sent by a script…"
#: What a screen reader is told, in order.
HEARD = """() => {
  window.heard = [];
  new MutationObserver(() => heard.push(document.querySelector("#say").textContent))
    .observe(document.querySelector("#say"), {childList: true, characterData: true, subtree: true});
}"""


@pytest.mark.parametrize("worker", [True, False])
def test_it_works(
    page: Page, people: Cast, article: str, monkeypatch: pytest.MonkeyPatch, worker: bool
) -> None:
    monkeypatch.setattr(effort, "FORM_SECONDS", 3600.0)  # whoever posts within an hour was too fast
    if not worker:
        page.add_init_script("delete window.Worker")
    workers: list[str] = []
    page.on("worker", lambda found: workers.append(found.url))
    page.goto(article)
    frame = box(page)
    frame.evaluate(HEARD)
    write(frame, "Written by hand.")
    expect(frame.locator("#list > .c").first).to_contain_text("Written by hand.")
    assert SAYS in frame.evaluate("heard")
    assert bool(workers) is worker
    expect(frame.locator("#write .tell")).to_have_count(0)
    assert db.session.query(SpentEffort).count() == 1


def test_an_ordinary_reader_fetches_nothing_for_it(page: Page, people: Cast, article: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(article)
    frame = box(page)
    with page.expect_response("**/api/v1/me?**"):
        frame.locator("#write textarea").focus()
    trap = frame.locator("#write [name=website]")
    expect(trap).to_have_attribute("aria-hidden", "true")
    expect(trap).to_have_attribute("tabindex", "-1")
    write(frame, "Written by hand.")
    expect(frame.locator("#list > .c").first).to_contain_text("Written by hand.")
    assert not [each for each in asked if "effort" in each or "work.js" in each]
    assert db.session.query(SpentEffort).count() == 0


@pytest.mark.parametrize("reply", [False, True])
def test_a_slow_line_makes_nobody_suspicious(
    page: Page, people: Cast, article: str, reply: bool
) -> None:
    """Whoever posts before it is known who may write here sends one request, once it is known."""
    post(people.site, "A comment.", user=people.rita)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    held = Held(page, "**/api/v1/me?**")
    page.goto(article)
    frame = box(page)
    if reply:
        frame.locator("#list [data-action=reply]").click()
    form = frame.locator("#list form.write" if reply else "#write")
    form.locator("textarea").click()
    form.locator("textarea").fill("Written by hand.")
    form.locator("label input").fill("Edda")
    held.wait()
    with page.expect_response("**/api/v1/score"):
        form.locator(".go").click()
    held.let_go()
    expect(frame.locator("#list .text", has_text="Written by hand.")).to_be_visible()
    posts = [each for each in asked if each.startswith("POST") and "/comments?" in each]
    assert len(posts) == 1
    assert db.session.query(SpentEffort).count() == 0
