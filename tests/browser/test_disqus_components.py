"""Components that put `.disqus.com` behind the short name themselves, from npm, in small applications with
two routes: a name that ends in `?` leads them to the service."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from commentsvc.sites import commands as sites
from commentsvc.sites.forums import set_forums
from commentsvc.threads.naming import with_name
from scripts.need import NODE_FOLDER
from tests.browser.conftest import box
from tests.browser.old import Old
from tests.browser.test_disqus_pages import HOME
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Server
    from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.drill]

PACKAGES = (
    *("esbuild@0.25", "react@18", "react-dom@18", "vue@3"),
    *("disqus-react@1", "vue-disqus@5", "gatsby-plugin-disqus@1"),
    *("prop-types@15", "@babel/runtime@7"),  # of which they do not say that they need them
)
NAME = "comments.example.org/Demo/?"
REACT = """import * as React from "react"; import {{ createRoot }} from "react-dom/client";
import {{ {parts} }} from "{of}";
function App() {{ const [at, go] = React.useState("one");
  const about = {{ url: "{home}/" + at, identifier: at, title: at }};
  return React.createElement("div", null,
    React.createElement("button", {{ onClick: () => go("two") }}, "two"),
    React.createElement("button", {{ onClick: () => go("") }}, "away"),
    at && React.createElement({count}, {{ shortname: "{name}", config: about, placeholder: "?" }}, "?"),
    at && React.createElement({box}, {{ shortname: "{name}", config: about }})); }}
createRoot(document.querySelector("#app")).render(React.createElement(App));"""
VUE = """import {{ createApp, h, ref }} from "vue"; import {{ Disqus }} from "vue-disqus";
createApp({{ setup() {{ const at = ref("one"); return () => h("div", [
  h("button", {{ onClick: () => (at.value = "two") }}, "two"),
  h("button", {{ onClick: () => (at.value = "") }}, "away"),
  at.value && h(Disqus, {{ key: at.value, shortname: "{name}", pageConfig: {{
    url: "{home}/" + at.value, identifier: at.value, title: at.value }} }})]); }} }}).mount("#app");"""
APPS = {
    "disqus-react": REACT.format(
        of="disqus-react", parts="DiscussionEmbed, CommentCount", box="DiscussionEmbed",
        count="CommentCount", name=NAME, home=HOME,
    ),
    "gatsby-plugin-disqus": REACT.format(
        of="gatsby-plugin-disqus", parts="Disqus, CommentCount", box="Disqus",
        count="CommentCount", name=NAME, home=HOME,
    ),
    "vue-disqus": VUE.format(name=NAME, home=HOME),
}  # fmt: skip


@pytest.fixture(scope="module")
def packages() -> Path:
    """Where the components are; skips where npm cannot fetch them."""
    folder = NODE_FOLDER / "disqus"
    if not (folder / "node_modules" / "vue-disqus").exists():
        folder.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or pytest.skip("there is no npm")
        (folder / "package.json").write_text("{}")
        fetched = subprocess.run(
            [npm, "install", "--legacy-peer-deps", "--no-audit", "--no-fund", *PACKAGES],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        if fetched.returncode:
            pytest.skip("npm cannot fetch the components")
    return folder


@pytest.mark.parametrize("name", APPS)
def test_it_works(
    packages: Path,
    people: Cast,
    live: Server,
    new_context: Callable[..., BrowserContext],
    name: str,
) -> None:
    (packages / "app.js").write_text(APPS[name])
    bundle = subprocess.run(
        [
            *(packages / "node_modules" / ".bin" / "esbuild", "app.js", "--bundle"),
            *("--loader:.js=jsx", "--define:process.env.NODE_ENV='production'"),
            f"--define:GATSBY_DISQUS_SHORTNAME='{NAME}'",
        ],
        cwd=packages,
        capture_output=True,
        check=True,
    ).stdout.decode()
    sites.set_origins(people.site, ["https://*.example.org"])
    set_forums(people.site, ["demo"])
    for each in ("one", "two"):
        post(
            people.site,
            f"The ferry on page {each} was late.",
            href=with_name(f"{HOME}/{each}", each),
        )
    old = Old(new_context(), live)
    old.sites[f"{HOME}/app.js"] = bundle
    page = old.open(
        f"{HOME}/one", "<title>T</title><div id=app></div><script src=/app.js></script>"
    )
    box(page).get_by_text("The ferry on page one").wait_for()
    page.get_by_text("two", exact=True).click()
    page.wait_for_function("document.querySelectorAll('iframe').length === 1")
    page.frame_locator("iframe").get_by_text("The ferry on page two").wait_for()
    if name != "vue-disqus":
        page.get_by_text("1 comment", exact=True).wait_for()
    page.get_by_text("away", exact=True).click()
    page.wait_for_function("document.querySelectorAll('iframe').length === 0")
    assert (old.thrown, old.strangers) == ([], [])
