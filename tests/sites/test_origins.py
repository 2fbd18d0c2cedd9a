"""Which pages may embed a site: an owner's entries, and what browsers say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from commentsvc.core import clock
from commentsvc.core.addresses import allowed_origin, origin_matches
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Invalid
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import by_app_id, by_origin, framers, may_embed, origins

if TYPE_CHECKING:
    from tests.people import Cast

LABEL = some.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(
    lambda label: not label.startswith("xn--")
)
HOST = some.lists(LABEL, min_size=2, max_size=4).map(".".join)
SCHEME = some.sampled_from(["http", "https"])
PORT = some.none() | some.integers(1, 65535)


def test_it_works(cast: Cast) -> None:
    sites.set_origins(cast.site, ["example.org", "https://*.example.org", "http://localhost:*"])
    assert origins(cast.site) == [
        "https://example.org",
        "https://*.example.org",
        "http://localhost:*",
    ]
    assert sorted(framers(cast.site)) == sorted(origins(cast.site))
    for page in ("https://example.org", "https://a.b.example.org", "http://localhost:8080"):
        assert may_embed(cast.site, page) and not may_embed(cast.other, page)


def test_names_of_one_word_are_an_intranets_only_where_they_are_written_as_addresses(
    cast: Cast,
) -> None:
    given = ["http://wiki", "https://wiki", "wiki:8080", "localhost", "10.0.0.1", "[::1]"]
    assert sites.set_origins(cast.site, given) == [
        "http://wiki",
        "https://wiki",
        "https://wiki:8080",
        "https://localhost",
        "https://10.0.0.1",
        "https://[::1]",
    ]


OTHERS = (
    "http://example.org",
    "https://example.org:444",
    "https://example.org.evil.com",
    "https://evilexample.org",
    "https://example.com",
    "null",
    "",
    "*",
    "https://user@example.org",
    "javascript://example.org",
)


def test_other_pages_may_not(cast: Cast) -> None:
    sites.set_origins(cast.site, ["https://example.org", "https://*.example.org"])
    for page in OTHERS:
        assert not may_embed(cast.site, page), page


def test_a_site_without_pages_is_embedded_nowhere(cast: Cast) -> None:
    assert sites.set_origins(cast.site, []) == []
    assert framers(cast.site) == [] and not may_embed(cast.site, "https://news.example.org")


TOO_WIDE = (
    "*",
    "https://*",
    "https://*.org",
    "https://*.10.0.0.1",
    "https://exa*mple.org",
    "https://example.org/news",
    "https://example.org?x",
    "ftp://example.org",
    "//example.org",
    "https://",
    "https://user:pass@example.org",
    "https://example.org:port",
    "https://exam ple.org",
    "my",  # a word of “my page”, which is no address
    "blog",
)


def test_what_is_wider_or_stranger_is_refused_whole(cast: Cast) -> None:
    for entry in TOO_WIDE:
        with pytest.raises(Invalid) as refused:
            sites.set_origins(cast.site, ["https://fine.example.org", entry])
        assert refused.value.field in ("origins", "href")
        db.session.expire_all()
        assert origins(cast.site) == ["https://news.example.org"]


def test_the_site_that_lists_a_page(cast: Cast) -> None:
    found = by_origin("https://news.example.org")
    assert found is cast.site and by_origin("https://example.org") is None
    sites.set_origins(cast.other, ["https://*.example.org"])
    assert by_origin("https://news.example.org") is None  # two do: nobody can say which is meant
    assert by_origin("https://else.example.org") is cast.other
    with unit_of_work():
        cast.other.closed_at = clock.now()
    assert by_origin("https://else.example.org") is None


def test_the_site_that_took_over_an_app_id(cast: Cast) -> None:
    sites.set_app_ids(cast.site, ["123", "456"])
    assert by_app_id("456") is cast.site
    for nobodys in ("", "0", "45", "789"):
        assert by_app_id(nobodys) is None
    sites.set_app_ids(cast.other, ["456"])
    assert by_app_id("456") is None and by_app_id("123") is cast.site


def written(scheme: str, host: str, port: int | None) -> str:
    return f"{scheme}://{host}" + (f":{port}" if port else "")


@given(scheme=SCHEME, host=HOST, port=PORT)
def test_an_origin_covers_itself_and_nothing_beside(
    scheme: str, host: str, port: int | None
) -> None:
    entry = allowed_origin(written(scheme, host, port))
    assert allowed_origin(entry) == entry
    assert origin_matches(written(scheme, host, port), entry)
    assert origin_matches(written(scheme, host.upper(), port), entry)
    other = "http" if scheme == "https" else "https"
    for page in (
        written(other, host, port or (80 if scheme == "https" else 443)),
        written(scheme, f"{host}.evil.example", port),
        written(scheme, f"evil{host}", port),
        written(scheme, f"a.{host}", port),
        written(scheme, host, 1 + (port or 443) % 65535),
    ):
        assert not origin_matches(page, entry), page


@given(host=HOST, under=LABEL)
def test_a_star_covers_whole_labels_below(host: str, under: str) -> None:
    entry = allowed_origin(f"https://*.{host}")
    assert origin_matches(f"https://{under}.{host}", entry)
    assert origin_matches(f"https://a.{under}.{host}", entry)
    assert not origin_matches(f"https://{host}", entry)
    assert not origin_matches(f"https://{under}{host}", entry)
    assert not origin_matches(f"https://{under}.{host}.example", entry)


@given(host=HOST, port=some.integers(1, 65535))
def test_a_star_for_the_port_covers_every_port_of_one_host(host: str, port: int) -> None:
    entry = allowed_origin(f"http://{host}:*")
    assert origin_matches(f"http://{host}:{port}", entry)
    assert not origin_matches(f"https://{host}:{port}", entry)
    assert not origin_matches(f"http://x.{host}:{port}", entry)


@given(text=some.text(max_size=40) | some.from_regex(r"https?://[^/]*"))
def test_any_text_is_taken_or_refused(text: str) -> None:
    """What is taken is stored in a form that means the same when it is read again."""
    try:
        entry = allowed_origin(text)
    except Invalid:
        assert not origin_matches("https://example.org", text)
        return
    assert allowed_origin(entry) == entry
    assert "*" not in entry.removeprefix("https://*.").removeprefix("http://*.").removesuffix(":*")


@given(page=some.text(max_size=40) | some.from_regex(r"https?://[^/]*example\.org.*"))
def test_no_text_of_a_browser_breaks_anything(page: str) -> None:
    assert origin_matches(page, "https://example.org") in (True, False)
    assert not origin_matches(page, "no origin at all")
