"""Components that put `.disqus.com` behind the short name themselves, from npm, in small applications with
two routes: a name that ends in `?` leads them to the service."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

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
    *("react-disqus-comments@1", "vue3-disqus@1"),
    *("prop-types@15", "@babel/runtime@7"),  # of which they do not say that they need them
    *("ngx-disqus@3", "@angular/core@16", "@angular/common@16", "@angular/compiler@16"),
    *("@angular/platform-browser@16", "rxjs@7", "zone.js@0.13", "tslib@2", "disqusjs@3"),
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
VUE3 = """import {{ createApp, h, ref }} from "vue";
import {{ DisqusComments, DisqusCount }} from "vue3-disqus";
createApp({{ setup() {{ const at = ref("one"); return () => h("div", [
  h("button", {{ onClick: () => (at.value = "two") }}, "two"),
  h("button", {{ onClick: () => (at.value = "") }}, "away"),
  at.value && h(DisqusCount, {{ key: "n" + at.value, shortname: "{name}", identifier: at.value }}),
  at.value && h(DisqusComments, {{ key: at.value, shortname: "{name}", identifier: at.value, lazy: false,
    url: "{home}/" + at.value, ssoConfig: {{ name: "T", url: "/login" }} }})]); }} }}).mount("#app");"""
THREAD = """import * as React from "react"; import {{ createRoot }} from "react-dom/client";
import Thread from "react-disqus-comments";
function App() {{ const [at, go] = React.useState("one");
  return React.createElement("div", null,
    React.createElement("button", {{ onClick: () => go("two") }}, "two"),
    React.createElement("button", {{ onClick: () => go("") }}, "away"),
    at && React.createElement(Thread.default || Thread, {{ shortname: "{name}", identifier: at, title: at,
      url: "{home}/" + at }})); }}
createRoot(document.querySelector("#app")).render(React.createElement(App));"""
ANGULAR = """import "zone.js"; import "@angular/compiler"; import {{ Component }} from "@angular/core";
import {{ NgIf }} from "@angular/common"; import {{ bootstrapApplication }} from "@angular/platform-browser";
import {{ Disqus, DISQUS_SHORTNAME }} from "ngx-disqus";
class App {{ constructor() {{ this.at = "one"; this.home = "{home}/"; }} }}
Component({{ selector: "#app", standalone: true, imports: [Disqus, NgIf], template: `
  <button (click)="at = 'two'">two</button><button (click)="at = ''">away</button>
  <disqus *ngIf="at" [url]="home + at" [identifier]="at" [title]="at"></disqus>` }})(App);
bootstrapApplication(App, {{ providers: [{{ provide: DISQUS_SHORTNAME, useValue: "{name}" }}] }});"""
DISQUSJS = """import DisqusJS from "disqusjs";
const app = document.querySelector("#app");
app.innerHTML = "<button>two</button><button>away</button><div></div>";
let now; function go(at) {{ now?.destroy(); now = at && new DisqusJS({{ shortname: "{name}", siteName: "",
  identifier: at, url: "{home}/" + at, title: at, api: "", apikey: "", admin: "", adminLabel: "" }});
  if (now) now.render(app.lastChild); }}
app.children[0].onclick = () => go("two"); app.children[1].onclick = () => go(""); go("one");"""
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
    "vue3-disqus": VUE3.format(name=NAME, home=HOME),
    "react-disqus-comments": THREAD.format(name=NAME, home=HOME),
    "ngx-disqus": ANGULAR.format(name=NAME, home=HOME),
    "disqusjs": DISQUSJS.format(name=NAME, home=HOME),
}  # fmt: skip


@pytest.fixture(scope="module")
def packages() -> Path:
    """Where the components are; skips where npm cannot fetch them."""
    folder = NODE_FOLDER / "disqus"
    names = {each.rpartition("@")[0] for each in PACKAGES}
    if not all((folder / "node_modules" / each).exists() for each in names):
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


def bundled(packages: Path, name: str) -> str:
    """An application as one script."""
    app = f"{name}.js"  # others may be bundled at the same time
    (packages / app).write_text(APPS[name])
    return subprocess.run(
        [
            *(packages / "node_modules" / ".bin" / "esbuild", app, "--bundle"),
            *("--loader:.js=jsx", "--define:process.env.NODE_ENV='production'"),
            f"--define:GATSBY_DISQUS_SHORTNAME='{NAME}'",
        ],
        cwd=packages,
        capture_output=True,
        check=True,
    ).stdout.decode()


@pytest.mark.parametrize("name", APPS)
def test_it_works(
    packages: Path,
    people: Cast,
    live: Server,
    new_context: Callable[..., BrowserContext],
    name: str,
) -> None:
    sites.set_origins(people.site, ["https://*.example.org"])
    set_forums(people.site, ["demo"])
    for each in ("one", "two"):
        post(
            people.site,
            f"The ferry on page {each} was late.",
            href=with_name(f"{HOME}/{each}", each),
        )
    old = Old(new_context(), live)
    old.sites[f"{HOME}/app.js"] = bundled(packages, name)
    # without this, DisqusJS asks disqus.com whether it can be reached
    mode = "<script>localStorage.setItem('dsqjs_mode', 'disqus')</script>"
    html = f"<title>T</title><div id=app></div>{mode}<script src=/app.js></script>"
    page = old.open(f"{HOME}/one", html)
    box(page).get_by_text("The ferry on page one").wait_for()
    page.get_by_text("two", exact=True).click()
    expect(page.locator("iframe")).to_have_count(1)
    page.frame_locator("iframe").get_by_text("The ferry on page two").wait_for()
    if re.search("CommentCount|DisqusCount", APPS[name]):
        page.get_by_text("1 comment", exact=True).wait_for()
    page.get_by_text("away", exact=True).click()
    expect(page.locator("iframe")).to_have_count(0)
    assert (old.thrown, old.strangers) == ([], [])
