"""Guests with rude names: flagged or held by the lists that texts are searched with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.desk.queue import counts, page
from commentsvc.moderation.judging.lists.insults import insults_in_name
from commentsvc.moderation.record import latest_decision
from commentsvc.notifications.statements import statement
from commentsvc.posting.naming import rename
from commentsvc.sites.commands import set_policy
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from tests.people import Cast

RUDE = ["Fuck You", "F.u.c.k Biden", "Sh1t", "Cuntface", "Total Idiot", "Nigger", "Arschloch"]
RUDE += ["Fuckface", "Mr Shithead", "FuckwitNo1"]
HARMLESS = ["Anna", "Dick van Dyke", "Randy Marsh", "Mr. Shittu", "Scunthorpe United", "Gay Talese"]
HARMLESS += ["A. Fucker", "O. Shitrit"]


@pytest.mark.parametrize("name", [*RUDE, *HARMLESS])
def test_a_guest_s_rude_name_is_flagged(cast: Cast, name: str) -> None:
    """Published, and said on the card; a member's is left to people."""
    set_policy(cast.site, {"locale": "de"}, by=cast.olga)
    made = post(cast.site, "The ferry was late again on Tuesday morning.", name=name)
    [found] = page([cast.site], "all").items
    assert made.comment.status == "published"
    expected = ["rude_name"] if name in RUDE else []
    assert [each["rule"] for each in found.findings] == expected
    assert bool(counts([cast.site])["reported"]) == bool(expected)
    rename(cast.rita, name)
    post(cast.site, "And again on Wednesday.", user=cast.rita)
    assert page([cast.site], "all", order="newest").items[0].findings == []


@every_row(
    ("name", "language"),
    [("Kike Pérez", "es"), ("Panchito Ruiz", "en"), ("Raj Babbar", "en"), ("Ilse Monheim", "de"),
     ("Perkerson", "en"), ("Ana Buzin", "fr"), ("Ibne Safi", "ar"), ("Андре Жид", "fr"),
     ("Luigi Terrone", "en"), ("Jidan Li", "de")],
)  # fmt: skip
def test_names_of_people_are_slurs_only_where_they_are_known_as_such(
    name: str, language: str
) -> None:
    assert insults_in_name(name, language, None) == ()


@pytest.mark.parametrize(
    ("name", "language"), [("Kike", "en"), ("Terrone", "it"), ("Monhé", "pt"), ("Жид", "ru")]
)
def test_there_they_are_flagged(name: str, language: str) -> None:
    assert insults_in_name(name, language)


def test_a_guest_s_banned_name_waits(cast: Cast) -> None:
    lists = {"banned_words": ["acme*"], "suspect_words": ["rival"], "common_insults": "off"}
    set_policy(cast.site, lists, by=cast.olga)
    made = post(cast.site, "The ferry was late again.", name="Acme Sales")
    assert made.comment.status == "pending"
    assert "The name you gave" in statement(latest_decision(made.comment), "en").ground
    assert post(cast.site, "The ferry came.", name="A rival").comment.status == "published"
    assert counts([cast.site])["reported"] == 1
    assert post(cast.site, "So it did.", name="Total Idiot").comment.status == "published"
    assert counts([cast.site])["reported"] == 1
