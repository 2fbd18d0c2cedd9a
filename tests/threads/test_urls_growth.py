"""Twice the address is at most twice the work, and what is longer than any address is no work at all."""

from __future__ import annotations

from contextlib import suppress

import pytest

from commentsvc.core.addresses import LONGEST
from commentsvc.core.errors import Invalid
from commentsvc.threads.addresses.copies import original
from commentsvc.threads.urls import AddressRules, canonical
from tests.growth import costs_at_most, is_done_in

RULES = AddressRules(
    keep_fragment=True, merge_index=True, case_insensitive_path=True, hosts=("e.org",)
)
PIECES = [
    "/amp", ".amp", "/index.html", "/amp/index.html", "/..", "/a/..", "/%2e%2e", "/%252e%252e", "//", "/.",
    "/a", "/(a(aaaaaaaaaaaaaaaaaaaaaaaa))", ";jsessionid=", ";jsessionid=x/", ";", "&", "&a", "a&", "&amp;",
    "&%41", "?", "#", ":", "@", "-", "--", "\\", "%", "%2", "%25", "%2525", "%25%32%35", "e%cc%81",
    "\u0301\u0316",
    "%E2%80", "[url ", "[object", "#{", "%a.", "www.", "m.", "amp.", "ä", "ä.", "xn--", "中", "/web/1/http:/",
    "_x_tr_a=b&", "utm_a=b&", "%41=", ":80", "ẞ", "a\u00ad", "/%EF%BC%8F",
]  # fmt: skip
STARTS = [
    "https://e.org/",
    "https://e.org/?",
    "https://",
    "https://web.archive.org/web/2020/",
    "https://translate.google.com/?u=",
    "",
]


def read(href: str) -> None:
    for own in (False, True):
        with suppress(Invalid):
            canonical(href, rules=RULES, own=own)
    original(href)


@pytest.mark.parametrize("every", [2, pytest.param(1, marks=pytest.mark.drill)])
@pytest.mark.parametrize(("at", "piece"), [*enumerate(PIECES)], ids=ascii)
def test_twice_the_address_is_at_most_twice_the_work(at: int, piece: str, every: int) -> None:
    """`make test` tries each piece after every other start."""

    def is_at_most_twice(start: str) -> bool:
        times, rest = divmod(LONGEST - len(start), len(piece))
        end = piece[:rest]  # of both: what is read may depend on how it ends
        whole, half = (start + piece * each + end for each in (times, times // 2))
        return costs_at_most(2.6, lambda: read(whole), lambda: read(half))

    starts = STARTS[at % every :: every]
    assert [start for start in starts if not is_at_most_twice(start)] == []


@pytest.mark.parametrize("end", ["", "/", ".html", "?a"])
def test_escapes_in_escapes(end: str) -> None:
    """Each layer of these comes to light only when the one around it is gone."""

    def href(layers: int) -> str:
        return "https://e.org/" + "%2" * layers + "535" + "35" * layers + end

    assert costs_at_most(2.6, lambda: read(href(1900)), lambda: read(href(950)))
    assert canonical(href(3)).canonical.startswith("https://e.org/5")
    with pytest.raises(Invalid):
        canonical(href(400))


@pytest.mark.parametrize("piece", ["%2535", "/amp", "[url ", "a.", "\u0301"], ids=ascii)
def test_what_is_longer_than_any_address_is_no_work(piece: str) -> None:
    href = "https://e.org/" + piece * (3_000_000 // len(piece))
    with pytest.raises(Invalid) as refused:
        canonical(href)
    assert refused.value.key == "invalid.address_long"
    assert is_done_in(0.05, lambda: read(href))
