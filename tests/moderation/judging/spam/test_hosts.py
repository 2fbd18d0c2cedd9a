"""Lists of hosts, however they are typed."""

from __future__ import annotations

import pytest

from commentsvc.moderation.judging.spam.hosts import among, hosts_of
from tests.tables import every_row


@every_row(
    "line",
    [
        "example.org", " Example.ORG ", "www.example.org", "*.example.org", ".example.org",
        "https://example.org/a?b#c", "http://user@www.example.org:8080", "example.org/path", "example.org.",
    ],
)  # fmt: skip
def test_it_works(line: str) -> None:
    assert hosts_of((line,)) == {"example.org"}


def test_letters_and_punycode_are_one() -> None:
    assert hosts_of(("bücher.example",)) == hosts_of(("xn--bcher-kva.example",))


@pytest.mark.parametrize("line", ["", "   ", "#", "not a host", "://", "a b.example", "*"])
def test_what_is_no_host_is_left_out(line: str) -> None:
    assert not any("." in each for each in hosts_of((line,)))
    assert not among("a.example", hosts_of((line,)))


def test_subdomains_belong_to_it_and_lookalikes_do_not() -> None:
    listed = hosts_of(("example.org",))
    assert among("example.org", listed)
    assert among("news.example.org", listed)
    assert not among("badexample.org", listed)
    assert not among("example.org.evil.example", listed)
    assert not among("org", listed)
