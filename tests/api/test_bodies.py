"""Whatever is sent: no crash, nothing stored that differs silently, and no JSON that is none.

A sample is here; the whole sets (JSONTestSuite, the Big List of Naughty Strings) run where they lie.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commentsvc.core.db import db
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Thread
from commentsvc.web.problems import CONTENT_TYPE
from tests.factories import post
from tests.growth import costs_at_most
from tests.shared_data import shared, shared_lines
from tests.web.asking import HREF, api_key, bearer, body, browser, guest

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

SAMPLE = [
    ("y_object_empty", b"{}", True),
    ("y_array_empty", b"[]", True),
    ("y_string_unicode", '"\u2342"'.encode(), True),
    ("y_number_minus_zero", b"-0", True),
    ("y_duplicated_key", b'{"a":"b","a":"c"}', True),
    ("n_object_trailing_comma", b'{"id":0,}', False),
    ("n_single_quotes", b"{'a':0}", False),
    ("n_NaN", b"[NaN]", False),
    ("n_Infinity", b"[-Infinity]", False),
    ("n_comment", b'{"a":"b"}/**/', False),
    ("n_hex", b"[0x42]", False),
    ("n_leading_zero", b"[-012]", False),
    ("n_lone_continuation", b'["\x81"]', False),
    ("n_unescaped_newline", b'["new\nline"]', False),
    ("n_two", b"{}{}", False),
    ("n_empty", b"", False),
    ("n_bom_only", b"\xef\xbb\xbf", False),
    ("n_deep", b"[" * 60_000, False),
    ("n_deep_objects", b'{"a":' * 12_000, False),
    ("i_lone_surrogate", b'["\\uD800"]', None),
    ("i_huge", b"[1e400]", None),
    ("i_big_integer", b'{"seen_version": ' + b"9" * 400 + b"}", None),
    ("i_utf16", "[]".encode("utf-16"), None),
    ("i_utf8_bom", b"\xef\xbb\xbf{}", None),
]
NAUGHTY = [
    "",
    "undefined",
    "null",
    "-9223372036854775808/-1",
    "0x0",
    "1.0E+500",
    "\u202e\u202dtest\u2066",
    "\u200b\ufeff\u2060",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "👩🏽‍❤️‍💋‍👩 🇺🇸🇷🇺",
    "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤ ̖t̝͕̳̣̻̪͞h̼͓̲̦̳̘̲e͇̣̰̦̬͎ ̢̼̻̱̘h͚͎͙̜̣̲ͅi̦̲̣̰̤v̻͍e̺̭̳̪̰-m̢iͅn̖̺̞̲̯̰d̵̼̟͙̩̼̘̳.̨̹͈̣",
    "<script>alert(1)</script>",
    "'; DROP TABLE comment; --",
    "%s%n{0}{{7*7}}${7*7}",
    "../../../../etc/passwd",
    "a\x00b",
    "a\x1b[31mb",
    "\ufffe\uffff",
    "ﷺ" * 300,
    "\r\nSet-Cookie: x=1",
    "=cmd|' /C calc'!A0",
]


@pytest.fixture(params=[4, pytest.param(1, marks=pytest.mark.drill)], ids=["some", "all"])
def bodies(request: pytest.FixtureRequest) -> list[Any]:
    """(name, bytes, whether it is JSON): ours and, where it is, the set (every fourth; in drills all)."""
    found = list(SAMPLE)
    for row in list(shared_lines("text/json-bodies.jsonl"))[:: request.param]:
        is_json = {"y": True, "n": False}.get(row["name"][0])
        found.append((row["name"], base64.b64decode(row["body_base64"]), is_json))
    return found


@pytest.fixture(params=[10, pytest.param(1, marks=pytest.mark.drill)], ids=["some", "all"])
def texts(request: pytest.FixtureRequest) -> list[str]:
    """Naughty strings: ours and, where it is, the big list (every tenth; in drills all)."""
    path = shared("text/blns.json")
    return NAUGHTY + (json.loads(path.read_text("utf-8"))[:: request.param] if path else [])


def writes(cast: Cast) -> list[tuple[str, str, dict[str, str]]]:
    """Every address that takes a body: method, path, who asks."""
    made = post(cast.site).comment
    thread = db.session.get_one(Thread, made.thread_id).public_id
    mine, staff = guest(post(cast.site).edit_token or ""), bearer(cast.mona, cast.site)
    comment = f"/api/v1/comments/{made.public_id}"
    return [
        ("POST", "/api/v1/comments", {}),
        ("PATCH", comment, mine),
        ("POST", f"{comment}/flags", mine),
        ("POST", f"{comment}/decisions", staff),
        ("POST", "/api/v1/preview", {}),
        ("POST", "/api/v1/score", {}),
        ("PATCH", f"/api/v1/threads/{thread}", staff),
        ("POST", "/api/v1/sign-in/exchange", {}),
        ("POST", "/api/v1/sign-in/refresh", {}),
        ("POST", "/api/v1/sign-in/site", {}),
        ("POST", "/api/v1/sign-in/out", {}),
        ("PATCH", "/api/v1/sites/harbour/policy", api_key(cast.olga, "manage")),
    ]


def test_it_works(app: Flask, cast: Cast, bodies: list[Any]) -> None:
    """Every body to every address: JSON is read, what is none is refused, nothing breaks."""
    client, wrong = browser(app), []
    for method, path, headers in writes(cast):
        for name, sent, is_json in bodies:
            answer = client.open(
                path, method=method, data=sent, content_type="application/json", headers=headers
            )
            fine = answer.status_code < 500
            if is_json is False:
                fine = answer.status_code in (400, 413)
            elif is_json:
                fine = answer.status_code in (204, 422)
            if not fine or (answer.status_code >= 400 and answer.content_type != CONTENT_TYPE):
                wrong.append((method, path, name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("field", ["text", "name", "title", "email", "href", "site", "parent_id"])
def test_any_text_in_any_field(app: Flask, cast: Cast, field: str, texts: list[str]) -> None:
    """What is taken comes back as it was sent (in NFC, without white space around), or it is refused."""
    sites.set_policy(cast.site, {"flood_count": 1000, "hold_repeats": False}, by=cast.olga)
    client, wrong = browser(app), []
    for naughty in texts:
        answer = client.post("/api/v1/comments", json=body(**{field: naughty}))
        if answer.status_code not in (201, 403, 404, 422):
            wrong.append((naughty, answer.status_code))
        if answer.status_code == 201 and field in ("text", "name"):
            found = answer.get_json()
            back = found["text"] if field == "text" else found["author"]["name"]
            if squeezed(back) != squeezed(naughty):
                wrong.append((naughty, back))
    assert wrong == []


def squeezed(text: str) -> str:
    """A text without what may be changed silently: white space, the kind of line ends, NFC. In names
    also what nobody can see."""
    kept = (char for char in unicodedata.normalize("NFC", text) if not char.isspace())
    return "".join(char for char in kept if unicodedata.category(char) not in ("Cf", "Cc", "Mn"))


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/preview", "text"),
        ("/api/v1/score", "text"),
        ("/api/v1/preview", "site"),
        ("/api/v1/score", "locale"),
        ("/api/v1/sign-in/exchange", "verifier"),
        ("/api/v1/sign-in/refresh", "refresh_token"),
        ("/api/v1/sign-in/site", "token"),
    ],
)
def test_any_text_elsewhere(
    app: Flask, cast: Cast, path: str, field: str, texts: list[str]
) -> None:
    usual = {
        "preview": {"site": "harbour", "text": "A."},
        "score": {"site": "harbour", "text": "A."},
        "exchange": {"site": "harbour", "verifier": "v" * 32},
        "refresh": {"refresh_token": "r"},
        "site": {"site": "harbour", "token": "t"},
    }[path.rsplit("/", 1)[1]]
    client = browser(app)
    for naughty in texts:
        answer = client.post(path, json={**usual, field: naughty})
        assert answer.status_code in (200, 202, 401, 403, 404, 422), naughty


@pytest.mark.parametrize("name", ["note", "reason", "message"])
def test_any_text_of_moderators_and_reporters(
    app: Flask, cast: Cast, name: str, texts: list[str]
) -> None:
    made = post(cast.site).comment
    mona, rita = bearer(cast.mona, cast.site), bearer(cast.rita, cast.site)
    path, client = f"/api/v1/comments/{made.public_id}", browser(app)
    for naughty in texts:
        sent = {"action": "pin", "seen_version": 0, "reason": "spam", name: naughty}
        answer = client.post(f"{path}/decisions", json=sent, headers=mona)
        assert answer.status_code in (201, 409, 422), naughty
        if name != "message":
            sent = {"reason": "spam", name: naughty}
            answer = client.post(f"{path}/flags", json=sent, headers=rita)
            assert answer.status_code in (201, 422), naughty


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/threads?site=harbour&href={}",
        "/api/v1/threads?site={}&href=https://news.example.org/a",
        "/api/v1/counts?site=harbour&href={}",
        "/api/v1/me?site={}",
        "/api/v1/me?site=harbour&thread={}",
        "/api/v1/comments/{}",
        "/api/v1/threads/{}",
        "/api/v1/threads/{}/comments",
        "/api/v1/threads?site=harbour&href=https://news.example.org/a&locale={}",
    ],
)
def test_any_text_in_an_address(app: Flask, cast: Cast, path: str, texts: list[str]) -> None:
    client = browser(app)
    for naughty in texts:
        answer = client.get(path.format(quote(naughty, safe="")), follow_redirects=True)
        assert answer.status_code in (200, 404, 405, 422), naughty


def test_a_body_is_bounded_and_quickly_so(app: Flask, cast: Cast) -> None:
    def sent(size: int, status: int) -> None:
        answer = browser(app).post("/api/v1/comments", json=body(text="x" * size))
        assert answer.status_code == status
        assert status == 201 or answer.content_type == CONTENT_TYPE

    sent(70_000, 413)
    # two hundred times the size
    assert costs_at_most(5, lambda: sent(1_000_000, 413), lambda: sent(5000, 201))


def test_invalid_utf8_is_no_json(app: Flask, cast: Cast) -> None:
    sent = json.dumps(body(text="X")).encode().replace(b'"X"', b'"\xff\xfe"')
    answer = browser(app).post("/api/v1/comments", data=sent, content_type="application/json")
    assert answer.status_code == 400


@settings(max_examples=150)
@given(st.text(max_size=200))
def test_taken_or_refused_but_never_changed(app: Flask, cast: Cast, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    answer = browser(app).post("/api/v1/preview", json={"site": "harbour", "text": text})
    assert answer.status_code in (200, 422)


def test_control_characters_reach_no_header(app: Flask, cast: Cast) -> None:
    for name in ("Idempotency-Key", "Authorization", "X-Api-Key", "X-CSRF-Token"):
        answer = browser(app).post(
            "/api/v1/comments", json=body(href=HREF), headers={name: "a\tb\x7f"}
        )
        assert answer.status_code in (201, 401, 422)


@pytest.mark.parametrize(
    "body",
    [
        '{"site": "harbour", "text": "a", "text": "b"}',
        '{"site": "harbour", "site": "harbour", "text": "a"}',
        '{"site": "harbour", "text": "a", "t\\u0065xt": "b"}',
    ],
)
def test_a_field_that_stands_twice_is_refused(app: Flask, cast: Cast, body: str) -> None:
    answer = browser(app).post("/api/v1/preview", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "#")
    assert "more than once" in answer.get_json()["detail"]
