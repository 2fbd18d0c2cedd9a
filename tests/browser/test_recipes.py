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
from scripts.need import FRAMEWORK_FOLDER, SITE_FOLDER
from tests.factories import post
from tests.manual import pages as documentation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Pages, Server
    from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.drill]
NPM = Path(__file__).resolve().parents[2] / "integrations" / "npm"
#: Where the generators that need packages find them.
PACKAGES = {
    **dict.fromkeys(("astro", "eleventy"), FRAMEWORK_FOLDER / "node_modules"),
    **dict.fromkeys(("docusaurus", "next_js"), SITE_FOLDER / "node_modules"),
}
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
    node(PACKAGES["eleventy"] / "@11ty" / "eleventy" / "cmd.cjs", "--quiet", folder=folder)
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
    node(PACKAGES["astro"] / "astro" / "astro.js", "build", "--silent", folder=folder)
    return folder / "dist"


def jekyll(folder: Path) -> Path:
    if not (tool := shutil.which("jekyll")):
        pytest.skip("Jekyll is not installed")
    said = lines("Jekyll")
    layout = "_layouts/post.html"
    said[layout] = f"<html><body>{{{{ content }}}}\n{said[layout]}</body></html>"
    front = "---\nlayout: post\npermalink: /bridge/\n---\nText."
    quiet = "---\nlayout: post\npermalink: /quiet/\ncomments: false\n---\nText."
    write(folder, {**said, "bridge.md": front, "quiet.md": quiet})
    subprocess.run([tool, "build", "--quiet"], cwd=folder, check=True)
    return folder / "_site"


def docusaurus(folder: Path) -> Path:
    """A page of the documentation with comments, and a blog post without."""
    with_our_element(folder)
    config = """export default {title: "The Harbour Post", url: "https://example.org", baseUrl: "/",
        trailingSlash: true, onBrokenLinks: "ignore", presets: [["classic", {
        docs: {routeBasePath: "/"}, blog: {routeBasePath: "/", showReadingTime: false}}]]};"""
    texts = {
        "docs/bridge.md": "# The bridge\n\nText.",
        "blog/2026-01-01-quiet.md": "---\nslug: quiet\ntitle: Q\ncomments: false\n---\nText.",
        "blog/2026-01-02-loud.md": "---\nslug: loud\ntitle: Loud\n---\nText.",
        "docusaurus.config.js": config,
        "package.json": '{"name": "site", "private": true}',
    }
    write(folder, {**lines("Docusaurus"), **texts})
    tool = PACKAGES["docusaurus"] / "@docusaurus" / "core" / "bin" / "docusaurus.mjs"
    node(tool, "build", folder=folder)
    loud = (folder / "build" / "loud" / "index.html").read_text("utf-8")
    assert [each.href for each in reading.read(loud).places] == ["https://example.org/loud"]
    return folder / "build"


def next_js(folder: Path) -> Path:
    with_our_element(folder)
    said = lines("Next.js")
    section = documentation()["docs/recipes.md"].split("\n## Next.js\n")[1].split("\n## ")[0]
    (use,) = re.findall(r"^<Comments .*/>$", section, re.MULTILINE)
    layout = "export default ({ children }) => <html lang='en'><body>{children}</body></html>;"
    page = f'import Comments from "../../components/comments";\nexport default () => {use};'
    texts = {
        "app/layout.jsx": layout,
        "app/bridge/page.jsx": page,
        "app/quiet/page.jsx": "export default () => <p>Quiet</p>;",
        "next.config.mjs": 'export default { output: "export", trailingSlash: true };',
        "package.json": '{"name": "site", "private": true}',
    }
    write(folder, {**said, **texts})
    node(PACKAGES["next_js"] / "next" / "dist" / "bin" / "next", "build", folder=folder)
    return folder / "out"


def with_our_element(folder: Path) -> None:
    """What `npm install` of the package would do."""
    shutil.copytree(NPM, folder / "node_modules" / "@commentsvc" / "embed")


def node(tool: Path, *arguments: str, folder: Path) -> None:
    quiet = {"ASTRO_TELEMETRY_DISABLED": "1", "NEXT_TELEMETRY_DISABLED": "1", "CI": "true"}
    command = ["node", tool, *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **quiet},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


GENERATORS: tuple[Callable[[Path], Path], ...] = (
    *(hugo, eleventy, mkdocs, astro, jekyll, docusaurus, next_js),
)


@pytest.mark.parametrize("build", GENERATORS, ids=lambda each: each.__name__)
def test_it_works(
    build: Callable[[Path], Path], page: Page, people: Cast, pages: Pages, live: Server
) -> None:
    """The tag or the element is there once, with the article's address, and left out where the page
    says so. The same pages, with our server in them, show the box."""
    modules = PACKAGES.get(build.__name__)
    with TemporaryDirectory(dir=modules.parent if modules else pages.folder.parent) as folder:
        built = build(Path(folder))
        html = (built / "bridge" / "index.html").read_text("utf-8")
        quiet = (built / "quiet" / "index.html").read_text("utf-8")
        shutil.copytree(built, pages.folder, dirs_exist_ok=True)
    (tag,) = reading.read(html).places
    assert tag.site == "KEY" and tag.href in (HREF, HREF.rstrip("/"))  # which are the same to us
    assert (tag.kind, tag.src) == ("tag", f"{SERVER}/embed.js") or tag.kind == "element"
    assert reading.read(quiet).places == []
    post(people.site, "Below the article.", href=f"{pages.url}/bridge/")
    here = {SERVER: live.url, '"KEY"': '"harbour"', "https://example.org": pages.url}
    for path in pages.folder.rglob("*.*"):
        if path.suffix in (".html", ".js", ".txt"):
            text = path.read_text("utf-8")
            for was, now in here.items():
                text = text.replace(was, now)
            path.write_text(text, "utf-8")
    page.route(
        "**/*",
        lambda route: route.abort() if _is_elsewhere(route.request.url) else route.continue_(),
    )
    page.goto(f"{pages.url}/bridge/")
    expect(page.frame_locator("iframe").locator(".text")).to_have_text("Below the article.")


def _is_elsewhere(url: str) -> bool:
    """What a theme loads from others, such as fonts."""
    return not re.match(r"https?://(?:localhost|127\.0\.0\.1)[:/]|data:", url)
