"""The first name of staff who have several: anybody's in plain letters, read first where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import commands as accounts
from commentsvc.accounts.commands import change_name
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.outcomes import outcomes
from commentsvc.posting.commands import NewComment, submit
from commentsvc.posting.naming import rename
from tests.factories import HREF, post
from tests.posting.test_naming import member

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.engines

#: written like Mona, whose other name is Reyes, by people who are not called so
DISGUISED = [
    "M0na",
    "Mоna",
    "rnona",
    "Mo-na",
    "M o n a",
    "Ｍｏｎａ",
    "ᴍᴏɴᴀ",
    "M0na Mona",
    "M0na7",
    "Mοna!",
    "Mon4",
    "M0n4",
]
#: more than her first name, and nobody else's
ADORNED = ["Mona1", "Mona.", "mona_85", "1Mona", "Mona!", "@mona", "🛡 Mona 🛡", "Mona Mona", "Mona$"]
ADORNED += [
    "The real Mona",
    "Official Mona",
    "Mona (Team)",
    "Mona R.",
    "mona r",
    "M. Reyes",
    "Mona online",
]
#: names that many have, in whatever order and language
ANYBODYS = [
    "Mona",
    "MONA",
    "mona",
    "Móna",
    "Reyes",
    "Mona Berg",
    "Mona L.",
    "Mona Reyer",
    "Ramona1",
    "M. Ray",
]
ANYBODYS += ["Monica1", "Mo", "Mona aus Köln", "Anna1", "Lisa Mona", "Mona und Peter", "R. Mona"]


def reyes(cast: Cast) -> None:
    change_name(cast.mona, "Mona Reyes")


def test_it_works(cast: Cast) -> None:
    reyes(cast)
    seen = {name: post(cast.site, name=name).comment.status for name in DISGUISED + ADORNED}
    assert set(seen.values()) == {"pending"}, seen
    waiting = post(cast.site, name="M0na").comment
    told = outcomes([waiting], locale="en")[waiting.id].reasons
    assert told and "the name of this site or of someone on its staff" in told[0]
    elsewhere = post(cast.other, name="M0na", href="https://mountain.example.net/a")
    assert elsewhere.comment.status == "published"


def test_a_first_name_is_anybodys(cast: Cast) -> None:
    reyes(cast)
    seen = {name: post(cast.site, name=name).comment.status for name in ANYBODYS}
    assert set(seen.values()) == {"published"}, seen


def test_a_member_may_have_a_number_behind_a_first_name(cast: Cast) -> None:
    reyes(cast)
    regular = member("mona85")
    assert post(cast.site, user=regular).comment.status == "published"
    rename(regular, "M0na")
    assert post(cast.site, user=regular, text="Another.").comment.status == "pending"
    sanction(cast.site, regular, "trust", by=cast.olga)
    assert post(cast.site, user=regular, text="And another.").comment.status == "published"


def test_a_guest_who_takes_such_a_name_later(cast: Cast) -> None:
    reyes(cast)
    guest = accounts.by_id(post(cast.site, name="Gus").comment.author_id)
    again = NewComment(site=cast.site, href=HREF, text="Once more.", name="Mona1", user=guest)
    assert submit(again).comment.status == "pending"
