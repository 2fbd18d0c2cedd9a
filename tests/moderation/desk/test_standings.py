"""Authors' records, read again after decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk.standings import standings
from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.engines


def test_each_site_counts_for_itself(cast: Cast) -> None:
    """Only where the author has written, and of the sites that are asked about."""
    set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    made = [post(cast.site, f"You idiot, {n}.", user=cast.rita).comment for n in range(4)]
    decide(made[0].public_id, action="approve", by=cast.mona)
    decide(made[1].public_id, action="reject", reason="spam", by=cast.mona)
    post(cast.site, "You idiot, too.", user=cast.max)
    (one,) = standings([cast.rita.public_id, "unknown"], [cast.site, cast.other])
    assert (one.author_id, one.site_key) == (cast.rita.public_id, cast.site.key)
    assert (one.approved, one.rejected, one.pending, one.flags, one.others) == (1, 1, 2, 0, 1)
    assert standings([cast.rita.public_id], [cast.other]) == []
    assert standings([cast.rita.public_id], []) == standings([], [cast.site]) == []
