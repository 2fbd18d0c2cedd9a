"""`make docs`: the site holds every page, loads nothing from elsewhere, and can be searched."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from http.server import ThreadingHTTPServer
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.answering import answering
from tests.browser.quiet import QuietFiles
from tests.manual import ROOT, pages

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.drill]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with warnings as errors: links, anchors, the sidebar."""
    if find_spec("sphinx") is None:
        pytest.skip("Sphinx is not installed: run `make docs`")
    folder: Path = tmp_path_factory.mktemp("site") / "docs"
    build = [sys.executable, ROOT / "scripts" / "docs" / "build.py", folder]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_it_works(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})  # with the sidebar
    asked: list[str] = []
    page.on("request", lambda it: asked.append(it.url))
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(site)))
    with answering(http):
        here = f"http://127.0.0.1:{http.server_address[1]}/"
        page.goto(here)
        expect(page).to_have_url(f"{here}README.html")
        page.get_by_role("link", name="Restore after a disaster").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Restore after a disaster")
        page.locator(".sidebar-search").fill("haproxy")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Behind a proxy").last.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Behind a proxy")
    assert [each for each in asked if not each.startswith((here, "data:"))] == []


def test_every_page_is_there_and_loads_nothing_from_elsewhere(site: Path) -> None:
    wanted = {name for name in pages() if name.startswith(("docs/", "README", "static/embed/"))}
    made = {path.relative_to(site).with_suffix(".md").as_posix() for path in site.rglob("*.html")}
    assert wanted - made == set()
    loads = re.compile(
        r"<(?:script|img|iframe)[^>]* src=\"https?:|<link rel=\"(?:stylesheet|preload|icon)[^>]*\"https?:"
    )
    for path in site.rglob("*.html"):
        assert not loads.search(path.read_text("utf-8")), path
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import )[\"']?https?:", path.read_text("utf-8")), path
