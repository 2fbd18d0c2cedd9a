"""docs/wordpress.md, "In five minutes", as a stranger does it: the server set up, the plugin
uploaded, the old comments imported, and a comment on a post, all in Chromium."""

from __future__ import annotations

import re
import shutil
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from scripts.wordpress import missing
from tests.browser.test_from_nothing import MOST, set_up
from tests.drills.wordpress.conftest import until
from tests.drills.wordpress.room import PASSWORD, PLUGIN, Blog, blog
from tests.drills.wordpress.test_box import box, page  # noqa: F401  a fixture
from tests.live import free_port, house

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.drill, pytest.mark.browser]
SAID = "The ferry is a fine way to travel."


def test_it_works(
    page: Page,  # noqa: F811
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    if why := missing():
        pytest.skip(why)
    port = free_port()
    server = f"http://127.0.0.1:{port}"
    with blog(tmp_path) as made, house(tmp_path, PUBLIC_URL=server) as home:
        made.php("deactivate_plugins('commentsvc/commentsvc.php');")
        shutil.rmtree(made.folder / "wp-content" / "plugins" / "commentsvc")
        begun = time.monotonic()
        started = home.start("run", port=port)
        link = until(lambda: re.search(r"\S+/account/set-up\?token=\S+", started.text()))
        tag = set_up(page, link[0], made.url)
        key = re.search('data-site="(.+)"', tag)
        assert key
        install(page, made, tmp_path)
        saved = connect(page, made, server, key[1])
        bring_over(page, server, key[1], saved)
        page.goto(f"{made.url}/hello-world/")
        expect(box(page).locator(".text")).to_have_count(1)  # WordPress's first comment
        box(page).locator("#write textarea").click()
        box(page).locator("#write textarea").fill(SAID)
        box(page).locator("#write label input").fill("Edda")
        box(page).locator("#write .go").click()
        expect(box(page).get_by_text(SAID)).to_be_visible()
        took = time.monotonic() - begun
    print(f"\nSeconds: comment {took:.0f}")
    record_property("seconds", took)
    assert took < MOST


def install(page: Page, made: Blog, folder: Path) -> None:  # noqa: F811
    """Upload the folder as an archive, and activate it."""
    packed = shutil.make_archive(str(folder / "commentsvc"), "zip", PLUGIN.parent, PLUGIN.name)
    page.goto(f"{made.url}/wp-login.php")
    page.fill("#user_login", "admin")
    page.fill("#user_pass", PASSWORD)
    page.click("#wp-submit")
    page.wait_for_url("**/wp-admin/**")
    page.goto(f"{made.url}/wp-admin/plugin-install.php?tab=upload")
    page.locator("#pluginzip").set_input_files(packed)
    page.get_by_role("button", name="Install Now").click()
    page.get_by_role("link", name="Activate Plugin").click()
    page.wait_for_url("**/wp-admin/plugins.php*")


def connect(page: Page, made: Blog, server: str, key: str) -> Path:  # noqa: F811
    """Enter the server and the site, test the connection, and download the comments."""
    page.goto(f"{made.url}/wp-admin/options-general.php?page=commentsvc")
    page.get_by_label("Server address").fill(server)
    page.get_by_label("Site key").fill(key)
    page.get_by_role("button", name="Save Changes").click()
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("The server responds.")).to_be_visible()
    expect(page.locator(".notice-error")).to_have_count(0)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download comments").click()
    return saved.value.path()


def bring_over(page: Page, server: str, key: str, saved: Path) -> None:  # noqa: F811
    """Upload them: a dry run, and then the import."""
    page.goto(f"{server}/dashboard/sites/{key}/moving")
    file = {"name": "comments.xml", "mimeType": "text/xml", "buffer": saved.read_bytes()}
    page.locator("#f-file").set_input_files([file])
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("Would import 1 comment")).to_be_visible()
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("Imported 1 comment")).to_be_visible(timeout=60_000)
