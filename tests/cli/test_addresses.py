"""site alias, site recount and thread, called as a shell calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Said

if TYPE_CHECKING:
    from pathlib import Path

Call = Callable[..., Said]
BLOG = "https://blog.example.org"


@pytest.fixture
def site(call: Call, tmp_path: Path) -> str:
    call("site", "add", "The Blog", "--origin", BLOG, "--key", "blog")
    file = tmp_path / "some.csv"
    file.write_text(
        f"thread_url,text,comment_id\n{BLOG}/old/a,Hello,1\n{BLOG}/new/b,Bye,2\n{BLOG}/c,Oh,3\n"
    )
    said = call("import", "csv", str(file))
    assert said.code == 0, said.err
    return "blog"


def pages(call: Call) -> set[str]:
    rows = [json.loads(each) for each in call("export").out.splitlines()]
    return {each["url"] for each in rows if each["kind"] == "thread"}


def test_it_works(call: Call, site: str) -> None:
    dry = call("site", "alias", "add", "/old/*", "/new/*", "--dry-run")
    assert "1 conversation would be moved" in dry.out and f"{BLOG}/old/a" in pages(call), dry.err
    done = call("site", "alias", "add", "/old/*", "/new/*")
    assert f"{BLOG}/new/a" in pages(call) and json.loads(
        call("site", "alias", "list", "--json").out
    ) == [{"old": "/old/*", "new": "/new/*"}]
    assert call("site", "alias", "remove", "/old/*").code == 0
    undone = call("thread", "undo", done.out.split()[-1])
    assert undone.code == 0 and f"{BLOG}/old/a" in pages(call), undone.err


def test_two_become_one_and_two_again(call: Call, site: str) -> None:
    done = call("thread", "merge", f"{BLOG}/c", f"{BLOG}/new/b")
    assert done.code == 0, done.err
    rows = json.loads(call("thread", "moves", "--json").out)
    assert rows[0]["what"] == "merged" and rows[0]["undone"] is None
    assert call("thread", "undo", rows[0]["id"]).code == 0
    assert call("thread", "undo", rows[0]["id"]).code == 1
    assert call("site", "recount").out == "Recounted 3 conversations.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("site", "alias", "add", "/a/*", "https://elsewhere.example/*"),
            "Add it to the site first.",
        ),
        (("site", "alias", "remove", "/a"), "This rule doesn’t exist."),
        (("thread", "merge", f"{BLOG}/none", f"{BLOG}/c"), "Nobody has commented"),
        (("thread", "undo", "nothing"), "This move or merge doesn’t exist."),
    ],
)
def test_what_cannot_be_done_is_said(
    call: Call, site: str, arguments: tuple[str, ...], said: str
) -> None:
    found = call(*arguments)
    assert found.code == 1 and said in found.err


def test_disqus_s_own_list_of_moved_pages(call: Call, site: str, tmp_path: Path) -> None:
    file = tmp_path / "map.csv"
    file.write_text(
        f"{BLOG}/old/a,{BLOG}/2026/a\n\n{BLOG}/none,{BLOG}/nothing\n{BLOG}/c,{BLOG}/new/b\n"
    )
    dry = call("site", "moved", str(file), "--dry-run")
    assert (
        "1 conversation would be moved" in dry.out and "1 conversation would be merged" in dry.out
    )
    assert f"1 line matches no conversation.\n  {BLOG}/none" in dry.out
    assert pages(call) == {f"{BLOG}/old/a", f"{BLOG}/new/b", f"{BLOG}/c"}
    done = call("site", "moved", str(file))
    assert {f"{BLOG}/2026/a", f"{BLOG}/new/b"} <= pages(call), done.err
    assert call("thread", "undo", done.out.split()[-1]).code == 0
    assert pages(call) == {f"{BLOG}/old/a", f"{BLOG}/new/b", f"{BLOG}/c"}
    file.write_text(f"{BLOG}/c,https://stranger.example/c\n")
    assert call("site", "moved", str(file)).code == 1
    file.write_text("one,two,three\n")
    assert "Line 1" in call("site", "moved", str(file)).err


def test_forums_at_disqus(call: Call, site: str) -> None:
    assert "No forums yet" in call("site", "disqus").out
    said = call("site", "disqus", "blog", "--name", "My-Forum.disqus.com", "--name", "other")
    assert "- //my-forum.disqus.com/embed.js\n+ http" in said.out and "/other/embed.js" in said.out
    assert "No longer" not in said.err
    said = call("site", "disqus", "blog", "--name", "third", "--name", "other")
    assert "No longer this site’s: my-forum." in said.err, "pages with that name lose their box"
    again = said.err.rpartition("commentsvc site disqus ")[2].split()
    assert again == ["blog", "--name", "my-forum", "--name", "other", "--name", "third"]
    assert "No longer" not in call("site", "disqus", *again).err
    assert call("site", "disqus", "--name", "not a name").code == 1
    assert "my-forum" in call("site", "disqus").out
