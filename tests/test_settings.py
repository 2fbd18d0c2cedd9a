"""Settings from an environment: defaults, and all errors reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.settings import Settings, WrongSettings

if TYPE_CHECKING:
    from pathlib import Path


def wrong(**environ: str) -> list[str]:
    """The settings reported as wrong, in the order of the list."""
    with pytest.raises(WrongSettings) as refused:
        Settings.from_env(environ)
    return [problem.partition(":")[0] for problem in refused.value.problems]


def test_it_works(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a token of some length\n")
    found = Settings.from_env(
        {
            "DATA_DIR": str(tmp_path),
            "PORT": " 5001 ",
            "WEBHOOK_PRIVATE": "yes",
            "TRUSTED_PROXIES": "10.0.0.1, 10.1.0.0/16",
            "METRICS_TOKEN_FILE": str(tmp_path / "token"),
        }
    )
    assert found.public_url == "http://127.0.0.1:5001" and found.webhook_private
    assert found.database_url == f"sqlite:///{tmp_path / 'comments.db'}"
    assert found.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")
    assert found.metrics_token == "a token of some length"
    assert Settings.from_env({"DATA_DIR": str(tmp_path)}).secret_key == found.secret_key


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = wrong(
        DATA_DIR=str(tmp_path),
        PORT="many",
        WEBHOOK_PRIVATE="perhaps",
        MAIL_FROM_FILE=str(tmp_path / "nowhere"),
        THREADS="0",
        TOXICITY_BUDGET_MS="-1",
        DATABASE_URL="mysql://here",
        LOG_LEVEL="LOUD",
        METRICS_TOKEN="short",
        TRUSTED_PROXIES="me",
        LIMITS="psot=5/minute;read=often",
    )
    assert sorted(found) == [
        "DATABASE_URL",
        "LIMITS",
        "LIMITS",
        "LOG_LEVEL",
        "MAIL_FROM_FILE",
        "METRICS_TOKEN",
        "PORT",
        "THREADS",
        "TOXICITY_BUDGET_MS",
        "TRUSTED_PROXIES",
        "WEBHOOK_PRIVATE",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org",
        "https://",
        "https://example.org/a b",
        "https://example.org/../x",
        "https://example.org/a?b",
        "http://[::1",
        "http://x:port",
        "https://ada:secret@example.org",
        "https://exam ple.org",
        "https://example.org\\x",
        "https://a..example",
        "https://example.org\tx",
        'https://a"b.example',
        "https://a;b.example",
        "https://*.example",
        "https://m\u00fcller.example",
    ],
)
def test_a_wrong_public_address_is_named(tmp_path: Path, url: str) -> None:
    assert wrong(DATA_DIR=str(tmp_path), PUBLIC_URL=url) == ["PUBLIC_URL"]


def test_a_slash_at_the_end_of_the_public_address_does_not_count(tmp_path: Path) -> None:
    for given in ("https://Example.org/comments/", "https://example.org/comments"):
        found = Settings.from_env({"DATA_DIR": str(tmp_path), "PUBLIC_URL": given})
        assert found.public_url == "https://example.org/comments" and found.prefix == "/comments"
    root = Settings.from_env({"DATA_DIR": str(tmp_path), "PUBLIC_URL": "https://example.org/"})
    assert root.public_url == "https://example.org" and root.prefix == ""


def test_a_secret_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert wrong(DATA_DIR=str(tmp_path / "file" / "below")) == ["DATA_DIR"]


def test_a_comma_too_many_is_said(tmp_path: Path) -> None:
    for given in ("embedded,", ",embedded", "embedded,,remote:https://a.example"):
        with pytest.raises(WrongSettings) as refused:
            Settings.from_env({"DATA_DIR": str(tmp_path), "TOXICITY_BACKEND": given})
        assert any("an entry is empty" in each for each in refused.value.problems)
