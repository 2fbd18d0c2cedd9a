"""Bodies that no honest client sends, at every door that takes a text: an answer in words, never a crash."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts.keys import add_key
from commentsvc.core import clock
from commentsvc.moderation.commands import decide
from tests.dashboard.conftest import BASE, sign_in
from tests.factories import HREF, post
from tests.web.asking import bearer, browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

__all__ = ["sign_in"]

#: Method, address, and the body around the text “%s”.
DOORS: dict[str, tuple[str, str, str]] = {
    "post": (
        "POST",
        "/api/v1/comments",
        '{"site": "harbour", "href": "%(href)s", "name": "Ann", "text": %%s}',
    ),
    "preview": ("POST", "/api/v1/preview", '{"site": "harbour", "text": %%s}'),
    "score": ("POST", "/api/v1/score", '{"site": "harbour", "text": %%s}'),
    "edit": ("PATCH", "/api/v1/comments/%(own)s", '{"text": %%s}'),
    "appeal": ("POST", "/api/v1/comments/%(rejected)s/appeal", '{"text": %%s}'),
    "report": ("POST", "/api/v1/comments/%(other)s/flags", '{"reason": "spam", "note": %%s}'),
    "decision": (
        "POST",
        "/api/v1/comments/%(judged)s/decisions",
        '{"action": "reject", "seen_version": 1, "reason": "spam", "message": %%s}',
    ),
    "analyze": (
        "POST",
        "/v1alpha1/comments:analyze",
        '{"comment": {"text": %%s}, "requestedAttributes": {"TOXICITY": {}}}',
    ),
    "suggest": (
        "POST",
        "/v1alpha1/comments:suggestscore",
        '{"comment": {"text": %%s}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}}}',
    ),
}
#: What is sent for the text, as JSON; the refusals that are right. Else it is taken, without what it hides.
TEXTS: dict[str, tuple[str, tuple[int, ...]]] = {
    "lone surrogate": (r'"a \ud83d b, with more words"', (400, 422)),
    "reversed surrogates": (r'"a \udc00\ud83d b, with more words"', (400, 422)),
    "nul": (r'"a\u0000b, with more words"', (400, 422)),
    "bom": (r'"\ufeffWords after a mark."', ()),
    "controls": (r'"Words \u0003 \u001b[31m \u007f \u0085 \u202e here."', ()),
    "only controls": (r'"\u0003\u0008"', (400, 422)),
    "marks": ('"a' + "\u0301" * 30_000 + '"', (400, 413, 422)),
    "a megabyte of marks": ('"a' + "\u0301" * 500_000 + '"', (400, 413, 422)),
    "twice": ('"a", "text": "b"', (400, 422)),
    "nan": ("NaN", (400,)),
    "infinity": ("-Infinity", (400,)),
    "huge number": ("1e999", (400, 422)),
    "number": ("5", (400, 422)),
    "null": ("null", (400, 422)),
    "list": ('["a", "b"]', (400, 422)),
    "deep": ("[" * 5000 + "]" * 5000, (400, 422)),
    "deep and open": ('{"a":' * 5000, (400,)),
}
CHARSETS: dict[str, tuple[bytes, str]] = {
    "latin-1": ("Grüße aus Köln.".encode("latin-1"), "application/json; charset=iso-8859-1"),
    "utf-16": (b"", "application/json; charset=utf-16"),
    "unknown": ("Grüße aus Köln.".encode("latin-1"), "application/json; charset=klingon"),
    "utf-8 broken": (b"Gr\xc3\x28 \xff", "application/json; charset=utf-8"),
    "overlong": (b"\xc0\xaf\xe0\x80\xaf", "application/json"),
    "encoded surrogate": (b"\xed\xa0\x80", "application/json"),
}


@pytest.fixture
def named(cast: Cast) -> dict[str, str]:
    with clock.frozen(clock.now() - timedelta(minutes=4)):
        rejected = post(cast.site, "The bridge is closed.", user=cast.rita).comment
        decide(rejected.public_id, action="reject", reason="off_topic", by=cast.mona)
    own = post(cast.site, "A friendly word.", user=cast.rita).comment
    judged = post(cast.site, "A second friendly word.", user=cast.rita).comment
    other = post(cast.site, "The ferry was late.", user=cast.max).comment
    return {
        "own": own.public_id,
        "judged": judged.public_id,
        "other": other.public_id,
        "rejected": rejected.public_id,
        "href": HREF,
    }


def sent_to(
    app: Flask, cast: Cast, door: str, named: dict[str, str], data: bytes, kind: str
) -> Any:
    method, path, _ = DOORS[door]
    who = cast.mona if door == "decision" else cast.rita
    headers = bearer(who, cast.site)
    if "v1alpha1" in path:
        headers = {"x-goog-api-key": add_key(label="test", scopes=["analyze"])}
    return browser(app).open(
        path % named, method=method, data=data, content_type=kind, headers=headers
    )


def told(answer: Any) -> str:
    """What is said of it, to a client of ours or of Perspective."""
    found = answer.get_json()
    return str(found["detail"] if "detail" in found else found["error"]["message"])


@pytest.mark.parametrize("name", TEXTS)
def test_it_works(app: Flask, cast: Cast, named: dict[str, str], name: str) -> None:
    text, refusals = TEXTS[name]
    for door, (_, _, around) in DOORS.items():
        data = (around % named % text).encode("utf-8", "surrogatepass")
        answer = sent_to(app, cast, door, named, data, "application/json")
        optional = door in ("report", "decision") and name in ("only controls", "null")
        scored = door in ("analyze", "suggest") and name in ("only controls", "nul")  # none is kept
        fine = (200, 201) if optional or scored else refusals or (200, 201)
        assert answer.status_code in fine, (door, answer.text[:300])
        if answer.status_code >= 400:
            assert told(answer).endswith(".") and "Traceback" not in answer.text, door
        else:
            said = json.dumps(answer.get_json(), ensure_ascii=False)
            assert not {"\x03", "\x1b"} & set(said), door


@pytest.mark.parametrize("name", CHARSETS)
def test_other_charsets_are_no_json(
    app: Flask, cast: Cast, named: dict[str, str], name: str
) -> None:
    text, kind = CHARSETS[name]
    for door, (_, _, around) in DOORS.items():
        whole = around % named
        data = (
            (whole % '"Words."').encode("utf-16")
            if name == "utf-16"
            else (whole % '"§"').encode().replace("§".encode(), text)
        )
        answer = sent_to(app, cast, door, named, data, kind)
        assert answer.status_code in (400, 415), (door, answer.text[:300])
        assert told(answer).endswith("."), door


FILES: dict[str, bytes] = {
    "nul": b"thread_url,text\nhttps://news.example.org/a,a\x00b\n",
    "surrogate": b"thread_url,text\nhttps://news.example.org/a,\xed\xa0\x80\n",
    "bom twice": b"\xef\xbb\xbf\xef\xbb\xbfthread_url,text\nhttps://news.example.org/a,Hi\n",
    "utf-16": "thread_url,text\nhttps://news.example.org/a,Hi\n".encode("utf-16"),
    "controls": b"thread_url,text\nhttps://news.example.org/a,\x03\x1b\x08\n",
    "marks": b"thread_url,text\nhttps://news.example.org/a,a" + "\u0301".encode() * 500_000 + b"\n",
    "nan": b'[{"id": NaN, "text": -Infinity}]',
    "twice": b'{"threads": [], "threads": 5}',
    "deep": b"[" * 100_000,
    "deep lines": b'{"type":' * 50_000,
    "latin-1 jsonl": '{"type": "comment", "text": "Grüße"}\n'.encode("latin-1"),
}


@pytest.mark.parametrize("name", FILES)
def test_files(cast: Cast, sign_in: Callable[[str | None], Staff], name: str) -> None:
    olga = sign_in("olga")
    for kind in ("", "csv", "isso", "commentsvc", "disqus"):
        answer = olga.client.post(
            "/dashboard/sites/harbour/import",
            data={"csrf_token": olga.token, "format": kind, "file": (io.BytesIO(FILES[name]), "a")},
            base_url=BASE,
            headers={"Accept": "text/html", "Origin": BASE},
        )
        assert answer.status_code == 303, (kind, answer.status_code)
        assert olga.get(answer.location).status_code == 200
