"""A comment with many links waits, however often they lead to the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.moderation.judging.facts import read_text
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import policy_of
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast


def test_it_works(cast: Cast) -> None:
    spam = "Earn more: " + " ".join(f"https://fast.example/{each}" for each in "abc")
    assert post(cast.site, spam).comment.status == "pending"


def test_two_links_are_fine(cast: Cast) -> None:
    text = "See https://a.example/1 and [this](https://b.example/2)."
    assert post(cast.site, text).comment.status == "published"


def test_hidden_hosts_count_too(cast: Cast) -> None:
    text = "Go to hxxp://a.example, b[.]example.com and https://c.example/x now"
    assert post(cast.site, text).comment.status == "pending"


def test_a_mail_address_is_no_link_to_a_place(cast: Cast) -> None:
    text = "Write to me: <a@example.org>, b@example.org, c@example.org"
    assert read_text(cast.site.id, policy_of(cast.site), text).links == ()


def test_links_between_too_much_markup_count_too(cast: Cast) -> None:
    set_policy(cast.site, {"max_length": 20_000}, by=cast.olga)
    text = "[harbour.example](http://boats.example) " * 450
    assert post(cast.site, text).comment.status == "pending"
    read = read_text(cast.site.id, policy_of(cast.site), text)
    assert read.links.count("boats.example") == 450


def test_a_lookalike_without_a_scheme_is_held(cast: Cast) -> None:
    for source in (
        "Pay at \u0440\u0430\u0443\u0440\u0430l.com today",
        "https://xn--80ak6aa92e.com is a fine site",
    ):
        assert post(cast.site, source).comment.status == "pending"
        read = read_text(cast.site.id, policy_of(cast.site), source)
        assert set(read.disguised) <= set(read.links) and read.disguised
