"""Who may frame, run, read and keep an answer."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask import Flask, render_template_string

from commentsvc.core import clock
from commentsvc.posting.bots.effort import form_token
from commentsvc.settings import settings
from commentsvc.web import headers
from commentsvc.web.csrf import is_plain_host
from tests.web.asking import HOST, HREF, NEWS, body, browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

PAGES = ["/account/sign-in", "/api/docs", "/nothing", "/embed/sign-in", "/"]


def policy_of(answer: object) -> dict[str, str]:
    text = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    return dict(part.split(" ", 1) for part in text.split("; ") if " " in part)


@pytest.mark.parametrize("path", PAGES)
def test_it_works(app: Flask, cast: Cast, path: str) -> None:
    answer = browser(app).get(path, headers={"Accept": "text/html"})
    policy = policy_of(answer)
    assert policy["default-src"] == "'none'" and policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "charset=utf-8" in answer.headers["Content-Type"]
    assert answer.headers["Referrer-Policy"] and answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/account/sign-in", "/dashboard/", "/api/docs", "/nothing"])
def test_only_the_box_may_be_framed(app: Flask, cast: Cast, path: str) -> None:
    answer = browser(app).get(path, headers={"Accept": "text/html"})
    if answer.status_code == 303:
        return
    assert policy_of(answer)["frame-ancestors"] == "'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_box_may_be_framed_by_its_own_site(app: Flask, cast: Cast) -> None:
    ancestors = {}
    for site, href in (("harbour", HREF), ("mountain", "https://mountain.example.net/a")):
        answer = browser(app).get(f"/embed/thread?site={site}&href={href}")
        assert answer.status_code == 200 and "X-Frame-Options" not in answer.headers
        ancestors[site] = policy_of(answer)["frame-ancestors"].split()
    assert ancestors["harbour"] == ["'self'", NEWS]
    assert ancestors["mountain"] == ["'self'", "https://mountain.example.net"]


def test_inline_parts_are_named_by_their_hash(app: Flask) -> None:
    app._got_first_request = False

    @app.get("/inline")
    def inline() -> str:
        return render_template_string(
            "{{ inline_sheet('pages/problem.css') }}{{ inline_script('{}', 'importmap') }}"
        )

    answer = browser(app).get("/inline")
    policy = policy_of(answer)
    assert re.fullmatch(r"'self' 'sha256-[\w+/]{43}='", policy["style-src"])
    assert re.fullmatch(r"'self' 'sha256-[\w+/]{43}='", policy["script-src"])
    style = re.fullmatch(
        r'<style>(:root ?\{.*)</style><script type="importmap">\{\}</script>',
        answer.text,
        re.DOTALL,
    )
    assert style is not None
    mark = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"sha256-{mark}" in policy["style-src"]


def test_data_is_no_page(app: Flask, cast: Cast) -> None:
    answer = browser(app).get("/api/v1/counts?site=harbour&href=x")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("comments.example.com", 200),
        ("Comments.Example.COM", 200),
        ("localhost", 200),
        ("localhost:5000", 200),
        ("127.0.0.1:5000", 200),
        ("[::1]:5000", 200),
        ("evil.example", 400),
        ("comments.example.com.evil.example", 400),
        ("comments.example.com:8080", 400),
        ("xcomments.example.com", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost.evil.example", 400),
    ],
)
def test_a_foreign_host_is_refused(app: Flask, cast: Cast, host: str, status: int) -> None:
    client = app.test_client()
    answer = client.get("/api/v1/counts?site=harbour&href=x", headers={"Host": host})
    assert answer.status_code == status
    assert app.test_client().get("/healthz", headers={"Host": host}).status_code == 200


def test_a_forwarded_host_is_not_believed(app: Flask, cast: Cast) -> None:
    answer = browser(app).get(
        f"/embed/thread?site=harbour&href={HREF}", headers={"X-Forwarded-Host": "evil.example"}
    )
    assert "evil.example" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("host", ["", "0x7f.1", "a", "example.org", "1.2.3.4.5", "[::1"])
def test_what_needs_a_name_server_is_not_plain(host: str) -> None:
    assert not is_plain_host(host) or host == "[::1"


# --- CORS -----------------------------------------------------------------------------------------

READS = [
    "/api/v1/counts?site=harbour&href=x",
    f"/api/v1/threads?site=harbour&href={HREF}",
]
ORIGINS = [
    (NEWS, True),
    (HOST, True),
    ("https://news.example.org:8443", False),
    ("http://news.example.org", False),
    ("https://news.example.org.evil.example", False),
    ("https://evilnews.example.org", False),
    ("https://sub.news.example.org", False),
    ("https://mountain.example.net", False),
    ("null", False),
    ("*", False),
    ("", False),
]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(("origin", "allowed"), ORIGINS)
def test_pages_of_the_site_may_read(
    app: Flask, cast: Cast, path: str, origin: str, allowed: bool
) -> None:
    for _ in range(2):  # made, and given out again
        answer = browser(app).get(path, headers={"Origin": origin} if origin else {})
        assert answer.status_code == 200
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "origin" in answer.headers["Vary"].lower()


@pytest.mark.parametrize(
    "path", ["/api/v1/me?site=harbour", "/api/v1/queue", "/account/", "/dashboard/"]
)
def test_nobody_elsewhere_reads_what_is_personal(app: Flask, cast: Cast, path: str) -> None:
    answer = browser(app).get(path, headers={"Origin": NEWS})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_one_origin_was_given_is_not_given_to_another(app: Flask, cast: Cast) -> None:
    client = browser(app)
    for origin in (NEWS, "https://evil.example", HOST, "", NEWS):
        answer = client.get(READS[0], headers={"Origin": origin} if origin else {})
        expected = origin if origin in (NEWS, HOST) else None
        assert answer.headers.get("Access-Control-Allow-Origin") == expected


def test_a_preflight_promises_nothing(app: Flask, cast: Cast) -> None:
    for origin in (NEWS, "https://evil.example"):
        answer = browser(app).options(
            "/api/v1/comments",
            headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        )
        assert not any(name.startswith("Access-Control-Allow") for name, _ in answer.headers)


@pytest.mark.parametrize(
    "origin", [NEWS, "https://evil.example", "null", "http://comments.example.com"]
)
def test_other_pages_cannot_write(app: Flask, cast: Cast, origin: str) -> None:
    answer = browser(app).post("/api/v1/comments", json=body(), headers={"Origin": origin})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "foreign_origin")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_says_so_cannot_write_either(app: Flask, cast: Cast, site: str) -> None:
    answer = browser(app).post("/api/v1/comments", json=body(), headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403


def test_our_own_frame_and_programs_can(app: Flask, cast: Cast) -> None:
    with clock.frozen(clock.now()):
        form = form_token("harbour")  # what our own frame sends along
        clock.move(timedelta(seconds=2))
        for headers_ in ({"Origin": HOST, "Sec-Fetch-Site": "same-origin"}, {}):
            answer = browser(app).post("/api/v1/comments", json=body(form=form), headers=headers_)
            assert answer.status_code == 201


def test_without_tls_nothing_is_promised_about_it(
    make_app: Callable[..., Flask], app: Flask
) -> None:
    given = replace(settings.of(app), public_url="http://127.0.0.1:5000")
    plain = make_app(settings=given).test_client()
    answer = plain.get("/account/sign-in", headers={"Host": "127.0.0.1:5000"})
    assert "Strict-Transport-Security" not in answer.headers
    assert headers.POLICY["frame-ancestors"] == "'none'"
