"""`<commentsvc-comments>` of integrations/npm: in a plain page, and in `make drills` in React, Vue, Svelte,
Astro, rendered on a server and taken over in the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.threads.models import Thread
from scripts.need import FRAMEWORK_FOLDER
from tests.browser.conftest import ARTICLE, Pages, Server
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "integrations" / "npm"
BUILD = Path(__file__).parent / "frameworks" / "build.mjs"
PACKAGES = FRAMEWORK_FOLDER / "node_modules"
NEWS = "https://news.example.org"


def box_says(page: Page, text: str) -> None:
    expect(page.locator("iframe")).to_have_count(1)
    expect(page.frame_locator("iframe").locator(".text")).to_have_text(text)


def element(live: Server, href: str = ARTICLE, more: str = "") -> str:
    return (
        f'<commentsvc-comments server="{live.url}" site="harbour" href="{href}" lazy="false" {more}>'
        "</commentsvc-comments>"
    )


def test_it_works(page: Page, people: Cast, pages: Pages, live: Server) -> None:
    """One box, whatever happens to the element; what happens in the box is heard at the element, and
    the element's tags become those of the conversation."""
    post(people.site, "On one.", href=ARTICLE)
    post(people.site, "On two.", href=f"{NEWS}/two")
    shutil.copy(FOLDER / "commentsvc.js", pages.folder)
    heard = "<script>addEventListener('state', (event) => document.title += event.detail.state)</script>"
    policy = f"script-src 'self' 'unsafe-inline' {live.url}; frame-src {live.url}; style-src 'none'"
    pages.headers(Content_Security_Policy=policy)
    script = '<script type="module" src="commentsvc.js"></script>'
    page.goto(pages.write(f"{heard}<main>{element(live)}</main><aside></aside>{script}"))
    box_says(page, "On one.")
    at = page.locator("commentsvc-comments")
    look = "node => [getComputedStyle(node).display, node.childNodes.length]"
    assert at.evaluate(look) == ["block", 0]
    expect(page).to_have_title("The bridgewaitingshown")
    at.evaluate(f"node => {{ node.href = '{NEWS}/two'; node.orderBy = 'newest' }}")
    box_says(page, "On two.")
    assert at.get_attribute("order-by") == "newest"
    at.evaluate(f"node => {{ node.tags = 'Politics, live'; node.href = '{NEWS}/three' }}")
    expect(page.frame_locator("iframe").locator("#list .text")).to_have_count(0)
    page.frame_locator("iframe").locator("#write textarea").fill("On three.")
    page.frame_locator("iframe").locator("#write label input").first.fill("Jo")
    page.frame_locator("iframe").locator("#write .go").click()
    box_says(page, "On three.")
    tags = db.session.scalar(select(Thread.tags).where(Thread.href == f"{NEWS}/three"))
    assert tags == ("politics", "live")
    at.evaluate(f"node => {{ node.href = '{NEWS}/two' }}")
    box_says(page, "On two.")
    page.evaluate(
        "document.querySelector('aside').append(document.querySelector('commentsvc-comments'))"
    )
    box_says(page, "On two.")
    page.evaluate("window.kept = document.querySelector('commentsvc-comments'); kept.remove()")
    expect(page.locator("iframe")).to_have_count(0)
    page.evaluate("document.body.append(kept)")
    box_says(page, "On two.")
    at.evaluate("node => node.removeAttribute('site')")
    expect(page.locator("iframe")).to_have_count(0)


def test_several_share_one_loader(page: Page, people: Cast, pages: Pages, live: Server) -> None:
    """Also with what a framework sets before the element is there, and a scheme of its own."""
    post(people.site, "On one.", href=ARTICLE)
    shutil.copy(FOLDER / "commentsvc.js", pages.folder)
    asked: list[str] = []
    page.on("request", lambda it: asked.append(it.url) if it.url.endswith("/embed.js") else None)
    early = (
        "<script>var late = document.createElement('commentsvc-comments');"
        f"Object.assign(late, {{server: '{live.url}/', site: 'harbour', href: '{ARTICLE}', lazy: 'false'}});"
        "document.body.append(late)</script>"
    )
    script = '<script type="module" src="commentsvc.js"></script>'
    page.goto(pages.write(f"{element(live)}{early}{script}"))
    for at in (0, 1):
        expect(page.frame_locator("iframe").nth(at).locator(".text")).to_have_text("On one.")
    late = page.frame_locator("iframe").nth(1).locator("html")
    page.evaluate("late.colorscheme = 'dark'")
    expect(late).to_have_attribute("data-scheme", "dark")
    expect(page.frame_locator("iframe").nth(0).locator("html")).to_have_attribute(
        "data-scheme", "light"
    )
    assert asked == [f"{live.url}/embed.js"]


def test_a_server_that_does_not_answer(
    page: Page, people: Cast, pages: Pages, live: Server
) -> None:
    """The page hears of it, and the next element tries again."""
    post(people.site, "On one.", href=ARTICLE)
    shutil.copy(FOLDER / "commentsvc.js", pages.folder)
    page.route("**/embed.js", lambda route: route.abort("connectionrefused"))
    heard = "<script>addEventListener('state', (e) => document.title = e.detail.state)</script>"
    script = '<script type="module" src="commentsvc.js"></script>'
    page.goto(pages.write(f"{heard}{element(live)}{script}"))
    expect(page).to_have_title("away")
    page.unroute("**/embed.js")
    page.evaluate("document.body.append(document.querySelector('commentsvc-comments').cloneNode())")
    box_says(page, "On one.")


# --- the real frameworks --------------------------------------------------------------------------


def walk(page: Page, address: str) -> None:
    """Props change, the element goes and comes, as in any router."""
    page.goto(address)
    box_says(page, "On 1.")
    expect(page.locator("output")).to_have_text("shown")
    page.locator("#next").click()
    box_says(page, "On 2.")
    page.locator("#toggle").click()
    expect(page.locator("iframe")).to_have_count(0)
    page.locator("#next").click()
    page.locator("#toggle").click()
    box_says(page, "On 3.")


@pytest.mark.drill
def test_frameworks(page: Page, people: Cast, pages: Pages, live: Server) -> None:
    """Rendered without a window, taken over without a complaint (which would fail the test at its end)."""
    for number in (1, 2, 3):
        post(people.site, f"On {number}.", href=f"{NEWS}/{number}")
    where = {**os.environ, "NODE_PATH": str(PACKAGES)}
    subprocess.run(["node", BUILD, pages.folder, live.url], env=where, check=True)
    complaints: list[str] = []

    def note(it: ConsoleMessage) -> None:
        # a browser says so of a message to a frame that is not there any more
        if it.type in ("error", "warning") and "postMessage" not in it.text:
            complaints.append(it.text)

    page.on("console", note)
    for name in ("react", "vue", "svelte"):
        rendered = (pages.folder / f"{name}.html").read_text("utf-8")
        assert f'<commentsvc-comments server="{live.url}" site="harbour"' in rendered
        script = f'<script type="module" src="{name}.js"></script>'
        walk(page, pages.write(f'<div id="app">{rendered}</div>{script}', name=f"{name}-page.html"))
    assert complaints == []


@pytest.mark.drill
def test_astro(page: Page, people: Cast, pages: Pages, live: Server) -> None:
    """Pages that Astro builds, and its router."""
    post(people.site, "On one.", href=f"{NEWS}/one")
    post(people.site, "On two.", href=f"{NEWS}/two")
    with TemporaryDirectory(
        dir=FRAMEWORK_FOLDER
    ) as folder:  # beside the packages, where Astro looks for them
        site = Path(folder)
        (site / "src" / "pages").mkdir(parents=True)
        shutil.copy(FOLDER / "commentsvc.js", site / "src")
        for name, other in (("one", "two"), ("two", "one")):
            (site / "src" / "pages" / f"{name}.astro").write_text(
                f'---\nimport {{ ClientRouter }} from "astro:transitions";\n---\n<html lang=en><head>'
                f"<title>{name}</title><ClientRouter /></head><body><a href='/{other}/'>other</a>"
                f"{element(live, f'{NEWS}/{name}')}"
                '<script>import "../commentsvc.js";</script></body></html>',
                "utf-8",
            )
        tool = PACKAGES / "astro" / "astro.js"
        quiet = {**os.environ, "ASTRO_TELEMETRY_DISABLED": "1"}
        build = ["node", tool, "build", "--root", site, "--silent", "--outDir", pages.folder]
        subprocess.run(build, env=quiet, cwd=site, check=True)
    page.goto(f"{pages.url}/one/")
    box_says(page, "On one.")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="other").click()
    box_says(page, "On two.")
    page.go_back()
    box_says(page, "On one.")
    assert page.evaluate("window.same")
