"""site scan, called as a shell calls it, on a folder and on a server."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.answering import answering
from tests.cli.conftest import Said

if TYPE_CHECKING:
    from pathlib import Path

Call = Callable[..., Said]
SDK = '<script src="https://connect.facebook.net/en_US/sdk.js#xfbml=1&appId=1234567"></script>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "public"
    (found / "2016").mkdir(parents=True)
    (found / "index.html").write_text(
        f'{SDK}<a href="/2016/a.html">a</a> <a href="https://elsewhere.example/">b</a>'
        '<span class="fb-comments-count" data-href="/2016/a.html"></span>'
    )
    (found / "2016" / "a.html").write_text(f'{SDK}<div class="fb-comments"></div>\x1b[31m')
    (found / "picture.png").write_bytes(b"fb-comments")
    return found


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    with answering(made):
        yield f"http://127.0.0.1:{made.server_port}"


def test_it_works(call: Call, folder: Path) -> None:
    said = call(
        "site",
        "scan",
        str(folder),
        "--base",
        "https://example.org",
        "--server",
        "https://c.example",
    )
    assert said.code == 0, said.err
    assert "2 pages: 1 box on 1 of them, 1 count, 1 conversation." in said.out
    assert "→ https://example.org/2016/a.html" in said.out
    assert "+ https://c.example/en_US/sdk.js#xfbml=1&appId=1234567" in said.out
    assert "1234567" in said.out and "\x1b" not in said.out


def test_a_url_is_read_with_what_it_links_to(call: Call, server: str) -> None:
    found = json.loads(call("site", "scan", f"{server}/", "--json").out)
    assert found["totals"]["pages"] == 2 and found["totals"]["conversations"] == 1
    assert {page["url"] for page in found["pages"]} == {f"{server}/", f"{server}/2016/a.html"}
    assert (
        json.loads(call("site", "scan", server, "--pages", "1", "--json").out)["totals"]["pages"]
        == 1
    )


def test_the_sites_own_addresses_count(call: Call, folder: Path) -> None:
    call("site", "add", "Blog", "--origin", "https://blog.example.org", "--key", "blog")
    said = call("site", "scan", str(folder), "--base", "https://example.org")
    assert said.code == 1 and "not one of the site’s addresses" in said.out


def test_nothing_there(call: Call, tmp_path: Path) -> None:
    assert call("site", "scan", str(tmp_path / "none")).code == 2
    assert call("site", "scan", "http://127.0.0.1:1/").code == 1
    assert "Add this to every page:" in call("site", "scan", str(tmp_path)).out


def test_a_list_of_addresses_and_disqus_s_markup(
    call: Call, server: str, folder: Path, tmp_path: Path
) -> None:
    loader = (
        "<script>s.src = '//' + name + '.disqus.com/embed.js'; disqus_identifier = 'a b'</script>"
    )
    (folder / "old.html").write_text(f'<div id="disqus_thread"></div>{loader}<a href="/">home</a>')
    file = tmp_path / "pages.txt"
    file.write_text(f"{server}/old.html\n\n{server}/none.html\n")
    said = call("site", "scan", str(file), "--server", "https://c.example")
    assert "2 pages: 1 box on 1 of them, 0 counts, 1 conversation." in said.out, said.err
    assert "box → a b" in said.out
    assert (
        "- '//' + name + '.disqus.com/embed.js\n  + '//c.example/' + name + '/embed.js" in said.out
    )
    assert "sdk.js" not in said.out
