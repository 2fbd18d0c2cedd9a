"""The image and deploy/compose.yaml with a real Docker: the commands of docs/install.md, up to a comment on
a page of another origin. Needs an engine, the ports 80 and 443, and the two images it builds on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts.need import chromium
from tests.answering import answering
from tests.browser.conftest import Pages, box, write
from tests.browser.test_from_nothing import MOST, set_up
from tests.docs.shell import commands
from tests.drills.wordpress.conftest import until
from tests.manual import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.drill]
HOST = "comments.localhost"  # Caddy issues such a certificate by itself
_COMPOSE = "docker compose -f deploy/compose.yaml"
#: Run inside the container: who it is, and where it may write.
_PROBE = """
import os
print("user", os.getuid(), os.getgid())
for folder in ("/", "/etc", "/opt/commentsvc", "/data", "/tmp"):
    try:
        open(f"{folder}/probe", "w").close()
        print("writes", folder)
    except OSError:
        pass
"""


def run(line: str, *more: str, status: int = 0) -> str:
    """A command of the page, or one about the same containers."""
    own = {"COMMENTS_HOST": HOST, "COMPOSE_PROJECT_NAME": "commentsvc-drill"}
    done = subprocess.run(
        [*line.split(), *more],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """The page's commands for one machine."""
    found = [each for each in commands()["docs/install.md"] if each.startswith(_COMPOSE)]
    asked = ["docker", "compose", "version"], ["docker", "info"]
    if not shutil.which("docker") or any(
        subprocess.run(each, capture_output=True, check=False).returncode for each in asked
    ):
        pytest.skip("there is no Docker with compose")
    yield found
    run(f"{_COMPOSE} down --volumes")


def test_it_works(
    lines: list[str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    up, logs, check = lines
    begun = time.monotonic()
    run(up)
    built = time.monotonic() - begun
    link = until(lambda: re.search(r"https://\S+/account/set-up\?token=\S+", run(logs)))
    pages = Pages(tmp_path, "https://nowhere.example")
    with answering(pages.http), sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_context(ignore_https_errors=True).new_page()
        tag = set_up(page, link[0], pages.url)
        page.goto(pages.write(f"<h1>The bridge</h1>{tag}", name="article.html"))
        write(box(page), "The ferry is a fine way to travel.")
        expect(box(page).locator(".text")).to_have_text("The ferry is a fine way to travel.")
        took = time.monotonic() - begun
        print(f"\nSeconds: up {built:.0f}, comment {took:.0f}")
        record_property("seconds", took)
        assert re.search(r"database +ok", run(check, status=1))  # it does not find this host's name
        probe(page)
        browser.close()
    assert took < MOST


def probe(page: Any) -> None:
    """Not root, nothing writable but data, a quick and clean end, and everything there again."""
    said = run(f"{_COMPOSE} exec -T comments python -c", _PROBE)
    assert said.split("\n")[:-1] == ["user 10001 10001", "writes /data", "writes /tmp"]
    stopped = time.monotonic()
    run(f"{_COMPOSE} stop comments")
    assert time.monotonic() - stopped < 15  # after 20 s, Docker kills it
    assert run(f"{_COMPOSE} ps --all --format {{{{.ExitCode}}}} comments").strip() == "0"
    run(f"{_COMPOSE} up --detach --wait")
    page.reload()
    expect(box(page).locator(".text")).to_have_text("The ferry is a fine way to travel.")
