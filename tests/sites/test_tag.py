"""An owner's page is opened from here: whether the tag is there, is right, and is let through."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.settings import settings
from commentsvc.sites import commands as sites
from commentsvc.sites.tag import checking, reading
from commentsvc.sites.tag.allowing import allows
from tests.answering import answering
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.people import Cast

SERVER = "https://comments.example.com"
TAG = f'<script async src="{SERVER}/embed.js" data-site="harbour"></script>'
HTML = (("Content-Type", "text/html; charset=utf-8"),)


@contextmanager
def serving(body: str | bytes, *headers: tuple[str, str], status: int = 200) -> Iterator[str]:
    """A page on this machine, at every path; `/moved` leads to it."""
    content = body.encode() if isinstance(body, str) else body

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moved = self.path == "/moved"
            self.send_response(302 if moved or self.path == "/round" else status)
            where = (("Location", "/round" if self.path == "/round" else "/there"),)
            for name, value in where if self.path in ("/moved", "/round") else headers or HTML:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with answering(server):
        yield f"http://localhost:{server.server_address[1]}"


def codes(cast: Cast, url: str, *, private: bool = True) -> list[str]:
    return [each.code for each in checking.check_page(cast.site, url, private=private)]


@pytest.fixture
def site(cast: Cast) -> Cast:
    assert settings().public_url == SERVER
    sites.set_origins(cast.site, ["http://localhost:*"])
    return cast


def test_it_works(site: Cast) -> None:
    with serving(f"<!doctype html>\n<p>Text.</p>\n{TAG}") as address:
        found = checking.check_page(site.site, f"{address}/article", private=True)
    assert [(each.code, each.state) for each in found] == [("found", "good"), ("listed", "good")]
    assert checking.works(found)
    assert found[0].say("en") == "The tag is on the page, on line 3."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<p>Nothing.</p>", "missing"),
        (TAG.replace("harbour", "mountain"), "wrong_key"),
        (TAG.replace(' data-site="harbour"', "") + "<div class=commentsvc data-site=x></div>", "wrong_key"),
        (f'<script src="{SERVER}/embed.js" data-site></script>', "wrong_key"),
        (f"<!-- {TAG} -->", "hidden"),
        (f"<noscript>{TAG}</noscript>", "hidden"),
        (f"<template>{TAG}</template>", "hidden"),
        (f"<svg>{TAG}</svg>", "hidden"),
        (TAG.replace("async", "type=text/plain"), "not_run"),
        (TAG.replace("async", "nomodule"), "not_run"),
        (TAG.replace("<", "&lt;"), "as_text"),
        (f"<textarea>{TAG.replace('<', '&lt;')}</textarea>", "hidden"),
        (TAG.replace("comments.", "other."), "wrong_server"),
        (TAG.replace("/embed.js", "/comments/embed.js"), "wrong_server"),
        ("<div class=commentsvc data-site=harbour></div>", "no_script"),
        ('<commentsvc-comments site="harbour"></commentsvc-comments>', "no_server"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_tag(site: Cast, body: str, code: str) -> None:
    with serving(body) as address:
        found = checking.check_page(site.site, address, private=True)
    assert [each.code for each in found if each.state == "bad"] == [code]
    assert not checking.works(found)
    assert all("{" not in each.say("en") for each in found)


@pytest.mark.parametrize(
    "body",
    [
        TAG.replace(SERVER, "//comments.example.com"),
        TAG.replace("/embed.js", "/embed.js?v=2"),
        TAG.replace("async", 'async type="text/javascript"'),
        f'<script src="{SERVER}/embed.js"></script><div class="a commentsvc" data-site=harbour></div>',
        f'<script src="/bundle/embed.js" data-server="{SERVER}/" data-site=harbour></script>',
        f'<commentsvc-comments site=harbour server="{SERVER}"></commentsvc-comments>',
        f'<script src="{SERVER}/de_DE/sdk.js#xfbml=1"></script>',
        f'<script src="{SERVER}/my-forum/embed.js"></script>',
        f"<!-- {TAG} -->{TAG}",
    ],
)
def test_what_is_right(site: Cast, body: str) -> None:
    body = (
        body.replace("//comments", "https://comments")
        if body.startswith('<script async src="//')
        else body
    )
    with serving(body) as address:
        assert checking.works(checking.check_page(site.site, address, private=True))


def test_a_page_that_is_not_there(site: Cast) -> None:
    with serving(TAG, status=404) as address:
        assert codes(site, address) == ["status"]
        assert codes(site, f"{address}/round") == ["unreachable"]
        gone = address
    assert codes(site, gone) == ["unreachable"]
    assert codes(site, "javascript:alert(1)") == ["unreachable"]
    assert codes(site, "") == ["unreachable"]
    with serving("{}", ("Content-Type", "application/json")) as address:
        assert codes(site, address) == ["not_html"]
    with serving(TAG) as address:
        assert codes(site, f"{address}/moved") == ["moved", "found", "listed"]


def test_private_addresses_are_left_alone(site: Cast) -> None:
    with serving(TAG) as address:
        assert codes(site, address, private=False) == ["unreachable"]
        assert codes(site, address.replace("localhost", "127.0.0.1"), private=False) == [
            "unreachable"
        ]
        (found,) = checking.check_page(site.site, address, private=False)
    assert "private" in found.say("en")


def test_a_page_that_is_not_on_the_list(site: Cast) -> None:
    sites.set_origins(site.site, ["https://news.example.org"])
    with serving(TAG) as address:
        assert codes(site, address) == ["found", "unlisted"]
    sites.set_origins(site.site, ["http://localhost:*"])
    other = TAG.replace("data-site", 'data-href="https://elsewhere.example/1" data-site')
    with serving(other) as address:
        assert codes(site, address) == ["found", "foreign", "listed"]


def test_policies_of_the_page(site: Cast) -> None:
    def look(*policies: str, body: str = TAG) -> list[str]:
        with serving(
            body, *HTML, *(("Content-Security-Policy", each) for each in policies)
        ) as address:
            return codes(site, address)

    assert look(f"script-src {SERVER}; frame-src {SERVER}") == ["found", "csp_fine", "listed"]
    assert look("default-src 'self'") == ["found", "csp_script", "csp_frame", "listed"]
    assert look(f"script-src {SERVER}", "frame-src 'none'") == ["found", "csp_frame", "listed"]
    meta = f"<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">{TAG}"
    assert look(body=meta) == ["found", "csp_script", "listed"]


PAGE = "https://news.example.org/1"
SCRIPT = f"{SERVER}/embed.js"


@every_row(
    ("policy", "allowed"),
    [
        ("", True),
        ("img-src 'none'", True),
        ("script-src *", True),
        ("script-src https:", True),
        ("script-src http:", True),
        ("script-src comments.example.com", True),
        ("script-src *.example.com", True),
        ("script-src https://comments.example.com:443", True),
        ("script-src https://comments.example.com:*", True),
        (f"script-src {SERVER}/", True),
        (f"script-src {SCRIPT}", True),
        ("script-src 'none'; script-src-elem comments.example.com", True),
        ("SCRIPT-SRC COMMENTS.EXAMPLE.COM", True),
        ("script-src 'nonce-abc' 'strict-dynamic'", True),
        ("script-src 'none'", False),
        ("script-src", False),
        ("script-src 'self'", False),
        ("script-src *.comments.example.com", False),
        ("script-src https://comments.example.com:8443", False),
        (f"script-src {SERVER}/other/", False),
        ("script-src 'nonce-abc'", False),
        ("script-src 'strict-dynamic' comments.example.com", False),
        ("script-src comments.example.com; script-src *", True),
        ("script-src comments.example.com, default-src 'self'", False),
        ("default-src 'self'", False),
    ],
)
def test_what_a_policy_lets_through(policy: str, allowed: bool) -> None:
    nonce = "abc" if "nonce" in policy else ""
    assert allows(policy, "script", SCRIPT, page=PAGE, nonce=nonce) is allowed


def test_a_nonce_has_to_be_the_one_of_the_tag() -> None:
    policy = "script-src 'nonce-abc' 'strict-dynamic'"
    assert not allows(policy, "script", SCRIPT, page=PAGE, nonce="ABC")
    assert allows("child-src 'none'; frame-src *", "frame", SCRIPT, page=PAGE)
    assert not allows("child-src 'none'", "frame", SCRIPT, page=PAGE)


def test_reading_takes_any_page() -> None:
    for nasty in (
        "<" * 50_000,
        "<!--" * 10_000,
        "<script data-site src='/embed.js",
        "\0<base href=" * 9,
    ):
        reading.read(nasty)


@pytest.mark.parametrize(
    ("charset", "coding"),
    [
        *(("idna", "utf-8"), ("undefined", "utf-8"), ("unicode_escape", "utf-8"), ("x" * 99, "utf-8")),
        *(("latin1", "cp1252"), ("Shift_JIS", "shift_jis"), ("utf-8", "utf-16")),  # with a mark
    ],
)  # fmt: skip
def test_character_sets_are_those_of_the_web(site: Cast, charset: str, coding: str) -> None:
    kind = ("Content-Type", f"text/html; charset={charset}")
    sign = "円" if "jis" in coding else "£"
    with serving(f"<p>{sign}{TAG}".encode(coding), kind) as url:
        assert "found" in codes(site, url)
