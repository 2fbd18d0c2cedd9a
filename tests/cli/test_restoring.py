"""docs/restore.md: every command of the page, in its order: from a backup to a server that has it all."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.live import House, comment, free_port, house, thread_page
from tests.manual import pages

if TYPE_CHECKING:
    from pathlib import Path

PLACES = ("/srv/comments", "/backup", "/elsewhere", "/tmp/rehearsal")
_LINE = re.compile(r"(?:DATA_DIR=\S+ )?(?:commentsvc [a-z]|cp |mkdir )")


def lines() -> list[str]:
    """The page's commands, in its order."""
    found = (each.strip() for each in pages()["docs/restore.md"].splitlines())
    return [each for each in found if _LINE.match(each)]


def run(home: House, line: str, **environ: str) -> str:
    """One line of the page, on folders of the test's own."""
    for place in PLACES:
        line = line.replace(place, f"{home.folder}{place}")
    line = line.replace("comments-2026-11-22.zip", "comments-$(date +%F).zip")
    line = line.replace("commentsvc ", f"{sys.executable} -m commentsvc ")
    given = {**home.environ, **environ}
    done = subprocess.run(
        ["sh", "-c", line], env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout + done.stderr


@pytest.mark.drill
def test_it_works(tmp_path: Path) -> None:
    backup, key, made, copied, restore, check, begin, public, rehearse = lines()
    for each in ("backup", "elsewhere", "tmp", "srv"):
        (tmp_path / each).mkdir()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with house(tmp_path, DATA_DIR=f"{tmp_path}/srv/comments", PUBLIC_URL=address) as home:
        del home.environ["SECRET_KEY"]
        home.set_up()
        server = home.start("run", port=port)
        assert comment(port, "It was there before.").status == 201
        kept = run(home, backup)
        run(home, key)
        server.stop()
        shutil.rmtree(tmp_path / "srv" / "comments")
        run(home, made)
        run(home, copied)
        restored = run(home, restore)
        digest = re.search(r"[0-9a-f]{16,}", kept)
        assert digest and digest[0] in restored
        assert re.search(r"secrets +ok", run(home, check))
        assert begin.endswith("commentsvc run")
        home.start("run", port=port)
        assert "It was there before." in thread_page(port)
        assert "failed" not in run(home, public)
        assert digest[0] in run(home, rehearse)
