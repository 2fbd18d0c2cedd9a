"""Identifiers: the key of a thread wherever its page is, and what they do not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.core.db import db
from commentsvc.sites.commands import set_policy
from commentsvc.threads import naming
from commentsvc.threads.commands import find_thread, open_thread
from commentsvc.threads.merging import merge, undo
from commentsvc.threads.naming import conflicts, counts_by_name, name_of, parted, with_name
from commentsvc.threads.remap import rekey
from tests.factories import HREF, post

if TYPE_CHECKING:
    from tests.people import Cast

OTHER = "https://news.example.org/2026/bridge-moved"


def opened(cast: Cast, name: str, href: str = HREF) -> str:
    return open_thread(cast.site, with_name(href, name)).public_id


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    first = opened(cast, "my slug & more")
    assert opened(cast, "my slug & more", OTHER) == first  # wherever the page is
    found = find_thread(cast.site, HREF)  # and by its address
    assert found and found.public_id == first and found.href == HREF
    assert find_thread(cast.site, OTHER) is None
    assert find_thread(cast.site, with_name(OTHER, "another")) is None


def test_two_names_of_one_page_are_two_threads_until_they_are_merged(cast: Cast) -> None:
    first, second = opened(cast, "one"), opened(cast, "two")
    assert first != second
    [told] = conflicts(cast.site)
    assert (told.first.public_id, told.other.public_id) == (first, second)
    assert told.names == ("two",)
    rekey(cast.site, by=None)  # other rules for addresses leave them apart
    set_policy(cast.site, {"keep_fragment": True}, by=None)
    rekey(cast.site, by=None)
    assert (opened(cast, "one"), opened(cast, "two")) == (first, second)
    done = merge(told.other, told.first, by=None)
    assert opened(cast, "two") == first and conflicts(cast.site) == []
    undo(done.public_id, by=None)
    assert opened(cast, "two") == second


def test_a_page_without_names_is_found_by_its_address(cast: Cast) -> None:
    """It was there before anybody named it, by our own tag or an import of another format."""
    post(cast.site, "An old friend.")
    assert find_thread(cast.site, with_name(HREF, "new")) is not None
    assert naming.named(cast.site, "new") is None  # nobody can take it by a name of their own


def test_names_are_text(cast: Cast) -> None:
    for name in ("${x}", "1148 https://x.example/?p=1148", "a#b&c=d", "é/ü?", "7", "A", "a"):
        assert parted(with_name(HREF, name)) == (HREF, name)
    assert opened(cast, "A") != opened(cast, "a")
    assert len(naming.tidy("x" * 900)) == naming.LONGEST
    assert naming.tidy("x" * 900) != naming.tidy("x" * 901)
    assert naming.tidy("a\x00b\n") == "ab"
    assert with_name(f"{HREF}#!/p/1", "n") == f"{HREF}#!/p/1&disqus_identifier=n"


@pytest.mark.parametrize(
    ("identifier", "href", "name"),
    [
        ("7", HREF, "7"),
        ("", HREF, ""),
        (f"{HREF}?utm_source=x", HREF, ""),  # a page's own address, varied
        ("http://www.news.example.org/2026/bridge/", HREF, ""),
        (OTHER, HREF, OTHER),
        ("", f"{HREF}#!/post/2", f"{HREF}#!/post/2"),
        ("", f"{HREF}#!newthread", ""),
        ("", f"{HREF}#comments", ""),
        ("https://{{ url }}", HREF, "https://{{ url }}"),
    ],
)
def test_which_name_a_page_means(cast: Cast, identifier: str, href: str, name: str) -> None:
    assert name_of(cast.site, identifier, href) == name


def test_counts_by_name(cast: Cast) -> None:
    post(cast.site, href=with_name(HREF, "one"))
    post(cast.site, href=with_name(OTHER, "one"))
    opened(cast, "two", OTHER)
    assert counts_by_name(cast.site, ["one", "two", "three"]) == {"one": 2, "two": 0}
    assert counts_by_name(cast.other, ["one"]) == {}
    threads = [naming.named(cast.site, each) for each in ("two", "one")]
    assert threads[0] and threads[1]
    merge(threads[0], threads[1], by=None)
    db.session.expire_all()
    assert counts_by_name(cast.site, ["two"]) == {"two": 2}


def test_a_name_that_is_taken_stays(cast: Cast) -> None:
    first = opened(cast, "one")
    second = open_thread(cast.site, OTHER)
    naming.give_names(second, ["one", "two", "two", ""])
    assert naming.names_of(second) == ["two"]
    assert opened(cast, "one", OTHER) == first
