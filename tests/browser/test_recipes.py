"""docs/recipes.md: a page is built with each generator, from the page's own lines, and shows the box
in Chromium. For drills only: they install the generators."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.sites.tag import reading
from scripts.need import FRAMEWORK_FOLDER
from tests.factories import post
from tests.manual import pages as documentation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Pages, Server
    from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.drill]
PACKAGES = FRAMEWORK_FOLDER / "node_modules"
SERVER = "https://comments.example.org"
HREF = "https://example.org/bridge/"
_BLOCK = re.compile(r"^(?:In )?`([\w./]+)`[^\n]*:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


def lines(generator: str) -> dict[str, str]:
    """What the page says for one generator: file -> lines."""
    section = documentation()["docs/recipes.md"].split(f"\n## {generator}\n")[1].split("\n## ")[0]
    found = dict(_BLOCK.findall(section))
    assert found, generator
    return found


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def hugo(folder: Path) -> Path:
    if not (tool := shutil.which("hugo")):
        pytest.skip("Hugo is not installed")
    said = lines("Hugo")
    single = "layouts/_default/single.html"
    said[single] = (
        f"<html><body><h1>{{{{ .Title }}}}</h1>{{{{ .Content }}}}\n{said[single]}</body></html>"
    )
    front = "---\ntitle: The bridge\n---\nText."
    quiet = "---\ntitle: Quiet\ncomments: false\n---\nText."
    config = (
        'baseURL = "https://example.org/"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n'
    )
    write(
        folder,
        {**said, "config.toml": config, "content/bridge.md": front, "content/quiet.md": quiet},
    )
    subprocess.run([tool, "--quiet"], cwd=folder, check=True)
    return folder / "public"


def eleventy(folder: Path) -> Path:
    said = lines("Eleventy")
    layout = "_includes/post.njk"
    said[layout] = f"<html><body>{{{{ content | safe }}}}\n{said[layout]}</body></html>"
    front = "---\nlayout: post.njk\n---\nText."
    quiet = "---\nlayout: post.njk\ncomments: false\n---\nText."
    write(folder, {**said, "bridge.md": front, "quiet.md": quiet})
    tool = PACKAGES / "@11ty" / "eleventy" / "cmd.cjs"
    subprocess.run(["node", tool, "--quiet"], cwd=folder, check=True)
    return folder / "_site"


def mkdocs(folder: Path) -> Path:
    if find_spec("mkdocs") is None:
        pytest.skip("MkDocs is not installed")
    said = lines("MkDocs")
    # its theme would load a highlighter from elsewhere
    said["mkdocs.yml"] = f"site_name: The Harbour Post\n{said['mkdocs.yml']}  highlightjs: false\n"
    quiet = "---\ncomments: false\n---\n# Quiet\n"
    texts = {
        "docs/index.md": "# News\n",
        "docs/bridge.md": "# The bridge\n",
        "docs/quiet.md": quiet,
    }
    write(folder, {**said, **texts})
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"], cwd=folder, check=True
    )
    return folder / "site"


def astro(folder: Path) -> Path:
    section = documentation()["docs/recipes.md"].split("\n## Astro\n")[1].split("\n## ")[0]
    (line,) = re.findall(r"^<script is:inline.*$", section, re.MULTILINE)
    page = f"<html lang=en><head><title>x</title></head><body>{line}</body></html>"
    config = 'export default { site: "https://example.org", devToolbar: { enabled: false } };'
    bare = "<html lang=en><head><title>x</title></head><body></body></html>"
    texts = {"src/pages/bridge.astro": page, "src/pages/quiet.astro": bare}
    write(folder, {**texts, "astro.config.mjs": config})
    tool = PACKAGES / "astro" / "astro.js"
    quiet = {**os.environ, "ASTRO_TELEMETRY_DISABLED": "1"}
    subprocess.run(["node", tool, "build", "--silent"], cwd=folder, env=quiet, check=True)
    return folder / "dist"


GENERATORS: tuple[Callable[[Path], Path], ...] = (hugo, eleventy, mkdocs, astro)


@pytest.mark.parametrize("build", GENERATORS, ids=lambda each: each.__name__)
def test_it_works(
    build: Callable[[Path], Path], page: Page, people: Cast, pages: Pages, live: Server
) -> None:
    """The tag is there once, with the article's address, and left out where the page says so. The same page,
    with our server in it, shows the box."""
    place = FRAMEWORK_FOLDER if build in (astro, eleventy) else pages.folder.parent
    with TemporaryDirectory(dir=place) as folder:
        built = build(Path(folder))
        html = (built / "bridge" / "index.html").read_text("utf-8")
        quiet = (built / "quiet" / "index.html").read_text("utf-8")
    (tag,) = reading.read(html).places
    assert (tag.kind, tag.src, tag.site, tag.href) == ("tag", f"{SERVER}/embed.js", "KEY", HREF)
    assert reading.read(quiet).places == []
    post(people.site, "Below the article.", href=f"{pages.url}/bridge/")
    here = {
        SERVER: live.url,
        'data-site="KEY"': 'data-site="harbour"',
        HREF: f"{pages.url}/bridge/",
    }
    for was, now in here.items():
        html = html.replace(was, now)
    (pages.folder / "bridge").mkdir()
    (pages.folder / "bridge" / "index.html").write_text(html, "utf-8")
    page.route(
        "**/*",
        lambda route: route.abort() if _is_elsewhere(route.request.url) else route.continue_(),
    )
    page.goto(f"{pages.url}/bridge/")
    expect(page.frame_locator("iframe").locator(".text")).to_have_text("Below the article.")


def _is_elsewhere(url: str) -> bool:
    """What a theme loads from others, such as fonts."""
    return not re.match(r"https?://(?:localhost|127\.0\.0\.1)[:/]|data:", url)
