"""Who is on a card: claimed, assigned, taken by a filter; others see it, and nobody is kept from deciding."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, NotAllowed, NotFound
from commentsvc.moderation.commands import decide
from commentsvc.moderation.sharing import claims
from commentsvc.moderation.sharing import filters as saving
from commentsvc.moderation.sharing.models import Claim
from commentsvc.sites.commands import set_policy, set_role
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from commentsvc.threads.models import Comment
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """Time passes only where a test says so."""
    with clock.frozen(clock.now()):
        yield


@pytest.fixture
def waiting(cast: Cast) -> Comment:
    """A comment that waits for a moderator."""
    set_policy(cast.site, {"premoderate_all": True, "slow_seconds": 0}, by=cast.olga)
    return post(cast.site, "The bridge is late.").comment


def pill(page: str) -> str | None:
    found = re.search(r'<span class="pill \w+ looking">([^<]+)<', page)
    return found[1] if found else None


def button(page: str) -> str | None:
    """The button beside the card: "claim" or "release"."""
    found = re.search(r'class="claim-form"([^>]*)>.*?name="do"\s+value="(\w+)"', page, re.DOTALL)
    return None if found is None or " hidden" in f" {' '.join(found[1].split())} " else found[2]


def time() -> str:
    return f"{clock.now() + claims.CLAIMED:%H:%M} UTC"


def test_it_works(
    cast: Cast, waiting: Comment, mona: Staff, sign_in: Callable[[str | None], Staff]
) -> None:
    olga, path = sign_in("olga"), f"/dashboard/comments/{waiting.public_id}/claim"
    assert pill(mona.page("/dashboard/")) is None
    answer = mona.post(path, json=True, do="claim")
    said = {"words": f"Yours until {time()}", "mine": True, "claimed": True}
    assert answer.json == {"sentence": said["words"], "mark": said}
    assert pill(mona.page("/dashboard/")) == f"Yours until {time()}"
    theirs = olga.page("/dashboard/")
    assert pill(theirs) == f"Claimed by Mona until {time()}" and "data-taken" in theirs
    assert "data-taken" not in mona.page("/dashboard/")
    assert (button(mona.page("/dashboard/")), button(theirs)) == ("release", None)
    live = f"/dashboard/live?shown={waiting.public_id}:{waiting.version}"
    for staff, mine in ((mona, True), (olga, False)):
        found = staff.get(live).json
        assert found is not None and found["taken"] == {waiting.public_id: mine}
        assert found["claimed"] == [waiting.public_id]
        assert found["looking"] == {waiting.public_id: pill(staff.page("/dashboard/"))}
    assert mona.post(path, json=True, do="release").json == {
        "sentence": "Nobody has claimed it.",
        "mark": None,
    }
    assert pill(olga.page("/dashboard/")) is None


def test_it_ends_by_itself(cast: Cast, waiting: Comment) -> None:
    claims.claim(waiting.public_id, by=cast.mona)
    with pytest.raises(Conflict):
        claims.claim(waiting.public_id, by=cast.olga)
    clock.move(claims.CLAIMED - timedelta(seconds=1))
    claims.claim(waiting.public_id, by=cast.mona)  # for as long again
    clock.move(timedelta(minutes=1))
    assert claims.taken([waiting.public_id], [cast.site])
    clock.move(claims.CLAIMED)
    assert claims.taken([waiting.public_id], [cast.site]) == {}
    claims.claim(waiting.public_id, by=cast.olga)
    clock.move(claims.CLAIMED)
    claims.forget_claims()
    assert not db.session.scalar(select(func.count()).select_from(Claim))


def test_nobody_is_kept_from_deciding(cast: Cast, waiting: Comment) -> None:
    claims.claim(waiting.public_id, by=cast.mona)
    assert decide(waiting.public_id, action="approve", by=cast.olga).status_after == "published"


def test_it_is_assigned_to_a_colleague(
    cast: Cast, waiting: Comment, mona: Staff, sign_in: Callable[[str | None], Staff]
) -> None:
    page = mona.page(f"/dashboard/comments/{waiting.public_id}")
    assert f'<option value="{cast.olga.public_id}">Olga</option>' in page
    path = f"/dashboard/comments/{waiting.public_id}/claim"
    assert mona.post(path, do="assign", to=cast.olga.public_id).status_code == 303
    assert pill(mona.page("/dashboard/")) == "Assigned to Olga"
    assert pill(sign_in("olga").page("/dashboard/")) == "Assigned to you"
    assert "assigned a comment" in mona.page("/dashboard/log?action=work")
    for stranger in (cast.rita, cast.max):
        with pytest.raises(NotFound):
            claims.assign(waiting.public_id, stranger.public_id, by=cast.mona)
    clock.move(claims.ASSIGNED - timedelta(minutes=1))  # to its end, it says that it was assigned
    assert pill(mona.page("/dashboard/")) == "Assigned to Olga"
    assert pill(sign_in("olga").page("/dashboard/")) == "Assigned to you"
    clock.move(timedelta(minutes=1))
    assert claims.taken([waiting.public_id], [cast.site]) == {}


def test_who_may_let_go_of_it(cast: Cast, waiting: Comment) -> None:
    set_role(cast.site, cast.rita, "moderator", by=cast.olga)
    claims.claim(waiting.public_id, by=cast.mona)
    with pytest.raises(NotAllowed):
        claims.release(waiting.public_id, by=cast.rita)
    with pytest.raises(NotFound):
        claims.release(waiting.public_id, by=cast.max)
    claims.release(waiting.public_id, by=cast.olga)
    claims.assign(waiting.public_id, cast.olga.public_id, by=cast.rita)
    claims.release(waiting.public_id, by=cast.rita)
    claims.release(waiting.public_id, by=cast.rita)  # there is nothing left to release
    assert claims.taken([waiting.public_id], [cast.site]) == {}


def test_what_a_former_colleague_has_taken_is_free(cast: Cast, waiting: Comment) -> None:
    claims.assign(waiting.public_id, cast.mona.public_id, by=cast.olga)
    assert claims.taken([waiting.public_id], [cast.site])
    set_role(cast.site, cast.mona, None, by=cast.olga)
    assert claims.taken([waiting.public_id], [cast.site]) == {}
    claims.claim(waiting.public_id, by=cast.olga)  # no colleague has it
    ends = clock.now() + timedelta(minutes=5)
    set_role(cast.site, cast.mona, "moderator", by=cast.olga, until=ends)
    claims.assign(waiting.public_id, cast.mona.public_id, by=cast.olga)
    clock.move(timedelta(minutes=5))  # for the rest of the day, too
    assert claims.taken([waiting.public_id], [cast.site]) == {}


def test_what_a_filter_matches_is_its_owners(
    cast: Cast, waiting: Comment, mona: Staff, sign_in: Callable[[str | None], Staff]
) -> None:
    olga = sign_in("olga")
    what = saving.Narrowed("pending", "urgent", {"address": "/2026/"})
    made = saving.save("This year", what, site=cast.site, by=cast.mona)
    other = saving.Narrowed("pending", "urgent", {"address": "/1999/"})
    none = saving.save("Long ago", other, site=cast.site, by=cast.olga)
    saving.take(none.public_id, on=True, by=cast.olga)
    assert pill(olga.page("/dashboard/")) is None
    assert mona.post(f"/dashboard/filters/{made.public_id}", do="take").status_code == 303
    theirs = olga.page("/dashboard/")
    assert pill(theirs) == "Claimed by Mona (filter “This year”)" and "data-taken" in theirs
    assert "data-taken" not in mona.page("/dashboard/")
    assert {button(theirs), button(mona.page("/dashboard/"))} == {
        "claim"
    }  # a filter claims nothing
    claims.claim(waiting.public_id, by=cast.olga)  # says more
    assert pill(mona.page("/dashboard/")) == f"Claimed by Olga until {time()}"
    claims.release(waiting.public_id, by=cast.olga)
    with pytest.raises(NotFound):
        saving.take(made.public_id, on=False, by=cast.olga)
    saving.share(made.public_id, shared=False, by=cast.mona)
    assert pill(olga.page("/dashboard/")) is None
    set_role(cast.site, cast.mona, None, by=cast.olga)
    assert saving.takers([cast.site]) == [(none, cast.olga)]
