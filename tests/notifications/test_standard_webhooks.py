"""Calls that any library for Standard Webhooks accepts: the published rules, worked out here by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.signing import standard
from commentsvc.notifications import webhooks
from tests.factories import post
from tests.notifications.test_webhooks import Program, hook, program  # noqa: F401  a fixture

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

KEY = bytes(range(32))
WHSEC = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
AT = datetime(2026, 11, 29, 5, 0, tzinfo=UTC)


def by_hand(key: bytes, name: str, moment: str, body: bytes) -> str:
    """HMAC as RFC 2104 describes it, over `id.timestamp.body`."""
    padded = (
        key.ljust(64, b"\0") if len(key) <= 64 else hashlib.sha256(key).digest().ljust(64, b"\0")
    )
    inner = bytes(each ^ 0x36 for each in padded)
    outer = bytes(each ^ 0x5C for each in padded)
    signed = f"{name}.{moment}.".encode() + body
    mark = hashlib.sha256(outer + hashlib.sha256(inner + signed).digest()).digest()
    return "v1," + base64.b64encode(mark).decode()


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        (WHSEC, KEY),
        ("a secret of ours", b"a secret of ours"),
        ("whsec_not base64!", b"whsec_not base64!"),
        ("ein geheimes Wörtchen", "ein geheimes Wörtchen".encode()),
        ("x" * 100, b"x" * 100),
    ],
)
def test_it_works(secret: str, key: bytes) -> None:
    body = '{"text":"Füße."}'.encode()
    found = standard.headers(secret, name="abc123", at=AT, sent=body)
    assert found["webhook-id"] == "abc123" and found["webhook-timestamp"] == "1795928400"
    wanted = by_hand(key, "abc123", "1795928400", body)
    assert found["webhook-signature"] == wanted
    form = standard.secret_form(secret)
    assert form.startswith("whsec_") and base64.b64decode(form[6:], validate=True) == key
    assert standard.secret_form(form) == form


def test_a_call_bears_them_and_a_later_try_another_moment(
    cast: Cast,
    program: Program,  # noqa: F811
    work: Callable[[], int],
) -> None:
    program.secret = WHSEC
    made = hook(cast, program, "comment.published")
    assert made.standard_secret == WHSEC
    with clock.frozen(clock.now()):
        program.answers = [500]
        post(cast.site, "Hello.")
        work()
        clock.move(timedelta(seconds=30))
        work()
        (told,) = program.told
        headers = {name.lower(): value for name, value in told["headers"].items()}
        name, moment = headers["webhook-id"], headers["webhook-timestamp"]
        assert int(moment) == int(clock.now().timestamp())
        assert name == webhooks.deliveries_of(made).items[0].public_id
        assert name == headers["x-commentsvc-delivery"]
        given = headers["webhook-signature"].removeprefix("v1,")
        signed = f"{name}.{moment}.".encode() + told["raw"]
        assert hmac.compare_digest(
            base64.b64decode(given), hmac.new(KEY, signed, hashlib.sha256).digest()
        )
