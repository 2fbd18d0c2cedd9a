"""A real server, a real Chromium, and a page on another origin that carries the tag."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

from commentsvc.core.db import db
from commentsvc.posting.bots import effort
from commentsvc.settings import Settings
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import comment_by_public_id
from scripts import need
from tests.answering import answering
from tests.browser.cached import Cache
from tests.browser.quiet import Quiet, QuietFiles
from tests.conftest import empty_the_database
from tests.people import PASSWORD, Cast, make_cast

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

#: Pages under public names may load from the service on this machine. The others are processes that
#: the browser starts in advance.
WITHOUT = [
    *("LocalNetworkAccessChecks", "HttpsUpgrades"),
    *("SpareRendererForSitePerProcess", "PreloadTopChromeWebUI", "InitialWebUI"),
    *("TopChromeWebUIUsesSpareRenderer", "WebUITabStrip"),
    *("WebUIOmniboxAimPopup", "WebUIOmniboxPopup"),
    *("DialMediaRouteProvider", "GlobalMediaControls", "LensOverlay", "MediaRouter"),
    *("OptimizationHints", "SidePanelPinning", "Translate"),
]
#: One process for all pages and boxes of a reader: half the work of starting them.
TOGETHER = ["IsolateOrigins", "site-per-process"]
#: Milliseconds that a page may take to act. Only a broken page takes so long.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
LIMITS = (
    "read=100000/minute;post=100000/minute;like=100000/minute;sign_in=1000/minute;score=100000/minute;"
    "guest_posts=off"
)
ARTICLE = "https://news.example.org/2026/bridge"


class Server:
    """The service on a free port of 127.0.0.1, in this process."""

    def __init__(self) -> None:
        self.app: Flask | None = None
        self.http = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self.http.port}"
        self.down, self.cache = False, Cache()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self.down:
            start_response("500 Broken", [("Content-Type", "text/plain")])
            return [b"down"]
        assert self.app is not None
        return self.cache.answer(self.app, environ, start_response)


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driven browser writes faster than anybody (test_box_effort.py)."""
    monkeypatch.setattr(effort, "FORM_SECONDS", 0.0)


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    server = Server()
    with answering(server.http):
        yield server


@pytest.fixture
def make_live(
    _server: Server, make_app: Callable[..., Flask], database_url: str, tmp_path: Path
) -> Callable[..., Flask]:
    """Put another app behind the server: other parts, other settings."""

    def make(limits: str = LIMITS, **parts: Any) -> Flask:
        settings = Settings(
            data_dir=tmp_path,
            database_url=database_url,
            redis_url=os.environ.get("REDIS_URL", ""),
            secret_key="a key for tests only, 32 characters",
            public_url=_server.url,
            mail_url="memory:",
            log_format="text",
            log_level="ERROR",
            limits=limits,
        )
        _server.app = make_app(settings=settings, **parts)
        return _server.app

    return make


@pytest.fixture
def live(make_live: Callable[..., Flask], _server: Server) -> Iterator[Server]:
    """The service on an empty database, with its app context open to prepare things."""
    app = make_live()
    _server.down = False
    with app.app_context():
        empty_the_database()
        yield _server
        db.session.remove()


@pytest.fixture
def people(live: Server) -> Cast:
    """The cast, on a site that any page of this machine may embed."""
    cast = make_cast()
    sites.set_origins(
        cast.site, ["http://localhost:*", "http://127.0.0.1:*", "https://news.example.org"]
    )
    sites.set_origins(cast.other, ["http://localhost:*", "https://mountain.example.net"])
    return cast


class Pages:
    """Static pages on an origin that is not the service's."""

    def __init__(self, folder: Path, service: str, name: str = "localhost") -> None:
        handler = functools.partial(QuietFiles, directory=str(folder))
        server: Any = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.extra_headers = {}
        self.http = server
        self.folder, self.service = folder, service
        self.url = f"http://{name}:{server.server_address[1]}"

    def headers(self, **values: str) -> None:
        """Send these headers with every page: `Content_Security_Policy="…"`."""
        self.http.extra_headers = {name.replace("_", "-"): value for name, value in values.items()}

    def tag(self, site: str = "harbour", href: str | None = ARTICLE, **data: str) -> str:
        """The one tag, as an owner pastes it."""
        more = {"site": site, **({"href": href} if href else {}), **data}
        said = " ".join(f'data-{name.replace("_", "-")}="{value}"' for name, value in more.items())
        return f'<script async src="{self.service}/embed.js" {said}></script>'

    def write(
        self,
        body: str,
        name: str = "page.html",
        head: str = "",
        lang: str = "en",
        attributes: str = "",
    ) -> str:
        """Write a page with this body; returns its address."""
        (self.folder / name).write_text(
            f"<!doctype html><html lang={lang} {attributes}><head><meta charset=utf-8>"
            f'<meta name=viewport content="width=device-width"><link rel=icon href="data:,">'
            f"<title>The bridge</title>{head}</head><body>{body}</body></html>",
            "utf-8",
        )
        return f"{self.url}/{name}"


@pytest.fixture
def pages(live: Server, tmp_path: Path) -> Iterator[Pages]:
    folder = tmp_path / "pages"
    folder.mkdir()
    made = Pages(folder, live.url)
    with answering(made.http):
        yield made


@pytest.fixture
def article(pages: Pages) -> str:
    """A page with a heading, some text, the tag and a footer."""
    return pages.write(f"<h1>The bridge</h1><p>Text.</p>{pages.tag()}<footer>Footer</footer>")


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Sites have separate processes in a complete browser, which is for drills alone."""
    found, without, flags = need.chromium(), WITHOUT, ["--no-sandbox"]
    if "not drill" in request.config.option.markexpr:
        found, without = need.headless_shell() or found, WITHOUT + TOGETHER
        flags += ["--disable-site-isolation-trials", "--renderer-process-limit=1"]
        flags.append("--test-third-party-cookie-phaseout")  # as in a private window
    flags.append(f"--disable-features={','.join(without)}")
    with sync_playwright() as tool, tool.chromium.launch(executable_path=found, args=flags) as made:
        yield made


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """One reader's browser. An exception in a page's script fails the test at its end, and so does
    a request that the test has blocked: `route.abort("blockedbyclient")`."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def note_blocked(request: Request) -> None:
        if "ERR_BLOCKED_BY_CLIENT" in (request.failure or ""):
            errors.append(f"asked for {request.url}")

    def make(**options: Any) -> BrowserContext:
        options.setdefault("locale", "en-GB")
        context = chromium.new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("requestfailed", note_blocked)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(viewport={"width": 900, "height": 900}).new_page()


def box(page: Page, at: int = 0) -> Frame:
    """The frame of a comment box on the page, once its script runs."""
    # a handle of an element costs as much as the page: Playwright brings its script into one more world
    for _ in range(0 if at else PATIENCE // 20):
        if page.main_frame.child_frames:
            break
        page.wait_for_timeout(20)
    only = [] if at else page.main_frame.child_frames
    frame = only[0] if len(only) == 1 else _nth_frame(page, at)
    frame.locator("html.embedded").wait_for(state="attached")
    return frame


def _nth_frame(page: Page, at: int) -> Frame:
    handle = page.locator("iframe").nth(at).element_handle()
    assert handle is not None
    frame = handle.content_frame()
    assert frame is not None
    return frame


def write(frame: Frame, text: str, name: str | None = "Edda") -> None:
    """Type a comment into the topmost form and send it."""
    frame.locator("#write textarea").click()
    frame.locator("#write textarea").fill(text)
    if name is not None:
        frame.locator("#write label input").fill(name)
    frame.locator("#write .go").click()


def menu(comment: Locator) -> Locator:
    """A comment's menu, opened by key: a menu that opens above would move a mouse's target."""
    comment.locator(".dots summary").first.press("Enter")
    opened = comment.get_by_role("menu").first
    expect(opened).to_be_visible()
    return opened


def choose(comment: Locator, action: str) -> None:
    """Choose an action from a comment's menu."""
    menu(comment).locator(f"[data-action={action}]").dispatch_event("click")


Open = Callable[..., Page]


@pytest.fixture
def open_as(live: Server, new_context: Callable[..., BrowserContext]) -> Open:
    """A page of the dashboard in a browser of this person's own."""

    def make(name: str, path: str = "/dashboard/", **options: object) -> Page:
        context = new_context(**options)
        form = f"{live.url}/account/sign-in"
        token = re.search(r'name="csrf_token" value="([^"]+)"', context.request.get(form).text())
        assert token is not None
        sent = {"csrf_token": token[1], "email": f"{name}@example.org", "password": PASSWORD}
        answer = context.request.post(
            form, form=sent, headers={"Origin": live.url}, max_redirects=0
        )
        assert answer.status == 303
        page = context.new_page()
        page.goto(f"{live.url}{path}")
        return page

    return make


def status(public_id: str) -> str:
    """The comment's current status."""
    db.session.rollback()  # an older snapshot would not see it
    db.session.expire_all()
    found = comment_by_public_id(public_id).status
    db.session.rollback()
    return found
