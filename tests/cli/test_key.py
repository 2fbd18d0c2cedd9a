"""Keys by command: made once, listed without secrets, revoked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Call = Callable[..., Any]
INIT = (
    "init", "--yes", "--email", "ada@example.org", "--name", "Ada", "--site", "The Post",
    "--origin", "https://post.example.org", "--key", "post",
)  # fmt: skip


def test_it_works(call: Call) -> None:
    call(*INIT)
    made = call("key", "add", "--any", "--analyze", "--quota", "60/minute", "--label", "Coral")
    assert made.code == 0, made.err
    secret = made.out.strip()
    assert secret.startswith("cs_") and len(secret) > 30
    (row,) = json.loads(call("key", "list", "--json").out)
    assert (row["label"], row["site"], row["quota"]) == ("Coral", "any", "60/minute")
    assert row["scopes"] == ["analyze"] and secret not in json.dumps(row)
    said = call("key", "revoke", row["id"])
    assert said.code == 0 and "Coral" in said.out
    assert json.loads(call("key", "list", "--json").out) == []
    assert call("key", "revoke", row["id"]).code == 1


def test_a_key_of_a_site_for_a_person(call: Call) -> None:
    call(*INIT)
    made = call(
        "key", "add", "--site", "post", "--scope", "moderate", "--scope", "read", "--user",
        "ada@example.org", "--origin", "https://*.example.org", "--days", "30", "--keep-text",
    )  # fmt: skip
    assert made.code == 0, made.err
    (row,) = json.loads(call("key", "list", "--site", "post", "--json").out)
    assert row["scopes"] == ["moderate", "read"] and row["user"] == "ada@example.org"
    assert row["origins"] == ["https://*.example.org"] and row["ends"]
    assert "ada@example.org" in call("key", "list").out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--analyze",), 2, "--site KEY, or --any"),
        (("--any", "--site", "post", "--analyze"), 2, "--site KEY, or --any"),
        (("--any",), 1, "needs at least one permission"),
        (("--any", "--scope", "moderate"), 1, "Name that person"),
        (("--any", "--scope", "moderate", "--user", "nobody@example.org"), 1, "No account uses"),
        (("--any", "--analyze", "--quota", "often"), 2, "60/minute"),
        (("--site", "nowhere", "--analyze"), 1, ""),
        (("--any", "--analyze", "--origin", "*"), 1, "origin"),
    ],
)
def test_what_is_refused(call: Call, arguments: tuple[str, ...], code: int, says: str) -> None:
    call(*INIT)
    said = call("key", "add", *arguments)
    assert said.code == code and says in said.err and said.out == ""
    assert json.loads(call("key", "list", "--json").out) == []
