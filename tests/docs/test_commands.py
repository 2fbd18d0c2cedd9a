"""Every command on every page of the documentation is run, or listed in lists.py with a reason."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_webhooks import verifying
from tests.conftest import own_postgres
from tests.docs import lists
from tests.docs.shell import SHELLS, Shell, blocks, commands, split
from tests.drills.conftest import copied, prepared  # noqa: F401  fixtures
from tests.laws import keep
from tests.live import KEY, ORIGIN, comment, free_port
from tests.manual import ROOT
from tests.sites.test_tag import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.drills.conftest import Copied

SAMPLES = ROOT / "tests" / "exchange" / "samples"
LINES = lists.to_run()
#: These start most processes; for `make drills`.
_LONG = ("docs/import.md", "docs/install.md", "docs/scaling.md")
PAGES = [pytest.param(page, marks=[pytest.mark.drill] * (page in _LONG)) for page in LINES]
#: What a page leaves to its reader. A longer one is replaced first.
_PLACES = ("/srv", "/backup", "/elsewhere", "/etc/ssl", "/run/commentsvc", "/run/secrets")


def test_it_works() -> None:
    """Commands are read whole."""
    block = "a 'b\nc' \\\n  --d   # why\n\n# a comment\nfor x in y; do\n  z\ndone > w\ne # f\n"
    assert [*split(block)] == ["a 'b\nc' --d", "for x in y; do\n  z\ndone > w", "e"]
    assert "commentsvc export csv -o comments.csv" in commands()["docs/export.md"]
    assert "DATA_DIR=/srv/comments commentsvc check" in commands()["docs/restore.md"]


def test_no_command_hides_in_a_block_of_another_language() -> None:
    tools = r"^(?:[A-Z_]+=\S+ )*(?:commentsvc|pip|make|docker|curl|npm|npx|python3?) .*"
    keep(
        "A block with commands is marked as `sh`:",
        [
            (page, line)
            for page, language, block in blocks()
            if language not in SHELLS
            for line in re.findall(tools, block, re.MULTILINE)
        ],
    )


def test_what_is_listed_is_there() -> None:
    used = set(lists.listed().values())
    keep("No page has such a command:", {*lists.ELSEWHERE, *lists.NOT_RUN} - used)
    keep(
        "This test is not there:",
        {each for each in lists.ELSEWHERE.values() if not (ROOT / each).exists()},
    )


# --- what pages need before their commands --------------------------------------------------------


def found(pattern: str, shell: Shell, command: str) -> str:
    """What an earlier command printed."""
    (said,) = (each for line, each in shell.said.items() if command in line)
    match = re.search(pattern, said)
    assert match, said
    return match[0]


def api(shell: Shell) -> None:
    """A server with a conversation; `ID` means it at first, and then its comment."""
    server = shell.home.start("run")
    posted = comment(server.port, "A first thought.").json
    shell.filled |= {
        "https://HOST": f"http://127.0.0.1:{server.port}",
        "API-KEY": shell.home.key,
        "https://example.org": ORIGIN,
        "threads/ID": f"threads/{posted['thread_id']}",
        "comments/ID": f"comments/{posted['id']}",
        "site=KEY": f"site={KEY}",
        '"site": "KEY"': f'"site": "{KEY}"',
        '"seen_version": 2': '"seen_version": 1',
        "curl ": "curl --silent --fail-with-body ",
    }


def behind_a_proxy(shell: Shell) -> None:
    """A server at its public address."""
    port = free_port()
    shell.home.environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    shell.home.start("run", port=port)


def box(shell: Shell) -> None:
    """A page with the tag of a site that lists its address."""
    server = "http://127.0.0.1:5000"
    shell.home.environ |= {"PUBLIC_URL": server, "WEBHOOK_PRIVATE": "yes"}
    tag = f'<script async src="{server}/embed.js" data-site="pages"></script>'
    address = shell.during.enter_context(serving(tag))
    done = shell.home.command("site", "add", "Pages", "--origin", address, "--key", "pages")
    assert done.returncode == 0, done.stderr
    shell.filled["https://example.org/an-article"] = address


def importing(shell: Shell) -> None:
    """Files of other systems, with pages of this site, and an export."""
    for name in ("disqus.xml", "twikoo.json", "giscus.json", "coral.jsonl"):
        text = (SAMPLES / name).read_text("utf-8").replace("https://news.example/", f"{ORIGIN}/")
        (shell.home.folder / name).write_text(text, "utf-8")
    disqus = (shell.home.folder / "disqus.xml").read_bytes()
    (shell.home.folder / "export.xml.gz").write_bytes(gzip.compress(disqus))
    shutil.move(shell.home.folder / "twikoo.json", shell.home.folder / "twikoo-comment.json")
    assert shell.home.command("export", "-o", "everything.jsonl").returncode == 0
    shell.filled |= {
        "https://example.org": ORIGIN,
        "commentsvc import --new": f"DATA_DIR={shell.home.folder}/new commentsvc import --new",
    }
    shell.filled["0a1b2c3d4e5f6"] = lambda: found(r"\b\w{13}\b", shell, "import list")
    shell.typed["commentsvc import undo 0a1b2c3d4e5f6"] = "y\n"


def install(shell: Shell) -> None:
    """An empty folder, and a certificate."""
    shell.filled |= {
        "/opt/commentsvc/bin/": "",
        "https://comments.example.org": "http://127.0.0.1:5000",
    }
    for name in ("pem", "key"):
        (shell.home.folder / "etc/ssl" / f"comments.example.org.{name}").write_text(name)
    answers = ["olga@example.org", "Olga", "The Post", ORIGIN, "100", "10"]
    answers += ["a long password of mine"] * 2
    shell.typed["/opt/commentsvc/bin/commentsvc init"] = "\n".join([*answers, ""])


def operation(shell: Shell) -> None:
    shell.filled["comments-2026-11-22.zip"] = f"comments-{date.today()}.zip"
    shutil.copy(shell.home.folder / "data/secret_key", shell.home.folder / "old_key")
    (shell.home.folder / "new_key").write_text("another key for tests, 32 characters")


def perspective(shell: Shell) -> None:
    server = shell.home.start("run")
    shell.filled |= {
        "https://comments.example.org": f"http://127.0.0.1:{server.port}",
        "$KEY": lambda: found(r"\S{30,}", shell, "--label Coral"),
        "curl ": "curl --silent --fail-with-body ",
    }


def scaling(shell: Shell) -> None:
    """Two empty databases and a Redis."""
    if "TEST_DATABASE_URL" not in os.environ or "TEST_REDIS_URL" not in os.environ:
        pytest.skip("needs PostgreSQL and Redis: scripts/services.py")
    for name in ("docs_one", "docs_two"):
        place = "postgresql://comments@db/comments" if name == "docs_one" else "postgresql://…"
        shell.filled[place] = own_postgres(os.environ["TEST_DATABASE_URL"], name)
    shell.filled["redis://cache:6379/0"] = f"{os.environ['TEST_REDIS_URL']}/15"
    (shell.home.folder / "run/secrets/comments").write_text("a key for all nodes, 32 characters")


def webhooks(shell: Shell) -> None:
    """A program that answers."""
    shell.home.environ["WEBHOOK_PRIVATE"] = "yes"
    shell.filled["https://example.org/hooks"] = f"{shell.during.enter_context(verifying())}/yes"


BEFORE: dict[str, Callable[[Shell], None]] = {
    "docs/api.md": api,
    "docs/behind-a-proxy.md": behind_a_proxy,
    "docs/box.md": box,
    "docs/import.md": importing,
    "docs/install.md": install,
    "docs/operation.md": operation,
    "docs/perspective.md": perspective,
    "docs/scaling.md": scaling,
    "docs/webhooks.md": webhooks,
}


@pytest.mark.parametrize("page", PAGES)
def test_commands(page: str, copied: Copied) -> None:  # noqa: F811
    """In their order, in one installation, as someone types them."""
    print(page)
    with copied() as home, ExitStack() as during:
        for place in _PLACES:
            (home.folder / place[1:]).mkdir(parents=True)
        key = home.folder / "data" / "secret_key"
        key.write_text(home.environ.pop("SECRET_KEY"))
        key.chmod(0o600)
        shell = Shell(home, {place: f"{home.folder}{place}" for place in _PLACES}, during)
        shell.filled |= {"--site KEY": f"--site {KEY}", "$(date +%F)": str(date.today())}
        BEFORE.get(page, lambda _: None)(shell)
        for line in LINES[page]:
            print(line, shell.run(line), sep="\n")
