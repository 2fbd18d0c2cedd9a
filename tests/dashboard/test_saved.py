"""Saved filters: queues of one's own, with counts, shared with a site's staff, reached by keys."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.moderation.desk import queue
from commentsvc.moderation.sharing import filters as saving
from commentsvc.moderation.sharing.models import SavedFilter
from commentsvc.sites.commands import set_policy, set_role
from tests.factories import HREF, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

pytestmark = pytest.mark.engines

SPORT = "https://news.example.org/sport/regatta"
WHAT = saving.Narrowed("pending", "oldest", {"address": "/sport/"})


@pytest.fixture(autouse=True)
def some(cast: Cast) -> None:
    """Two held comments in one section, one elsewhere."""
    set_policy(cast.site, {"slow_seconds": 0, "premoderate_all": True}, by=cast.olga)
    for text, href in (("A slow regatta.", SPORT), ("A wet one.", SPORT), ("A bridge.", HREF)):
        post(cast.site, text, href=href)


def saved(page: str) -> list[str]:
    """The filters beside the queues, as one reads them."""
    found = re.search(r'<nav class="saved".*?</nav>', page, re.DOTALL)
    links = re.findall(r"<a href.*?</a>", found[0], re.DOTALL) if found else []
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in links]


def address(page: str, name: str) -> str:
    found = re.search(rf'<a href="([^"]+)"[^>]*>(?:(?!</a>).)*<bdi>{name}</bdi>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_it_works(cast: Cast, mona: Staff) -> None:
    whole = mona.page("/dashboard/?site=harbour")
    assert saved(whole) == []
    narrowed = mona.page("/dashboard/?site=harbour&address=%2Fsport%2F&order=oldest")
    assert "Save this filter" in narrowed and narrowed.count('<article class="card"') == 2
    answer = mona.post(
        "/dashboard/filters",
        name=" Sport ",
        site="harbour",
        queue="pending",
        order="oldest",
        address="/sport/",
    )
    assert answer.status_code == 303
    page = mona.page("/dashboard/?site=harbour")
    assert saved(page) == ["Sport 2 g 1"]
    there = mona.page(address(page, "Sport"))
    assert there.count('<article class="card"') == 2 and "order=oldest" in address(page, "Sport")
    assert "Save this filter" not in there and "Remove the filter" in there
    data = json.loads(re.findall(r'id="page-data">(.*?)</script>', page, re.DOTALL)[0])
    assert data["go"]["1"] == address(page, "Sport")
    places = mona.client.get("/dashboard/places", base_url="https://comments.example.com").json
    assert places is not None
    assert {"words": "Sport", "letter": "1"}.items() <= next(
        each for each in places["places"] if each["words"] == "Sport"
    ).items()


def test_it_is_shown_to_nobody_else_until_it_is_shared(
    cast: Cast, sign_in: Callable[[str | None], Staff], mona: Staff
) -> None:
    made = saving.save("Sport", WHAT, site=cast.site, by=cast.mona)
    olga = sign_in("olga")
    assert saved(olga.page("/dashboard/")) == []
    mona.post(f"/dashboard/filters/{made.public_id}", do="share")
    assert saved(olga.page("/dashboard/")) == ["Sport Mona 2 g 1"]
    mona.post(f"/dashboard/filters/{made.public_id}", do="unshare")
    assert saved(olga.page("/dashboard/")) == []
    assert saving.of(cast.max) == []


def test_who_leaves_the_staff_shows_nothing_more_to_it_and_sees_nothing(cast: Cast) -> None:
    set_role(cast.site, cast.rita, "moderator", by=cast.olga)
    saving.save("Mine", WHAT, site=cast.site, by=cast.rita)
    saving.save("Ours", WHAT, site=cast.site, shared=True, by=cast.mona)
    assert [each.row.name for each in saving.of(cast.rita)] == ["Mine", "Ours"]
    set_role(cast.site, cast.rita, None, by=cast.olga)
    assert saving.of(cast.rita) == []


def test_others_cannot_change_it_but_owners_a_shared_one(cast: Cast) -> None:
    set_role(cast.site, cast.rita, "moderator", by=cast.olga)
    own = saving.save("Mine", WHAT, site=cast.site, by=cast.mona)
    shared = saving.save("Ours", WHAT, site=cast.site, shared=True, by=cast.mona)
    for user, row in ((cast.rita, own), (cast.rita, shared), (cast.olga, own), (cast.max, shared)):
        with pytest.raises(NotFound):
            saving.remove(row.public_id, by=user)
    saving.remove(shared.public_id, by=cast.olga)
    assert [each.row.name for each in saving.of(cast.mona)] == ["Mine"]


def test_what_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("", "  ", "N" * 61):
        with pytest.raises(Invalid):
            saving.save(name, WHAT, site=cast.site, by=cast.mona)
    for queue_name, order in (("none", "oldest"), ("pending", "none")):
        with pytest.raises(Invalid):
            what = saving.Narrowed(queue_name, order, {})
            saving.save("A", what, site=cast.site, by=cast.mona)
    with pytest.raises(NotAllowed):
        saving.save("A", WHAT, site=cast.site, by=cast.rita)
    monkeypatch.setattr(saving, "MOST", 1)
    saving.save("A", WHAT, site=None, shared=True, by=cast.mona)
    assert not db.session.scalars(db.select(SavedFilter.shared)).one(), "of all sites: nobody's"
    with pytest.raises(Conflict):
        saving.save("B", WHAT, site=cast.site, by=cast.mona)


def test_only_what_costs_little_is_counted(cast: Cast, mona: Staff) -> None:
    for given in ({"language": "en"}, {"q": "regatta"}, {"label": "toxicity", "at_least": "0.5"}):
        saving.save("Dear", saving.Narrowed("pending", "newest", given), site=None, by=cast.mona)
    saving.save("All", saving.Narrowed("all", "newest", {}), site=None, by=cast.mona)
    assert saved(mona.page("/dashboard/")) == ["Dear g 1", "Dear g 2", "Dear g 3", "All g 4"]
    assert queue.cheaply_matching([cast.site], "pending", queue.Filters()) == (3, False)


def test_one_that_means_nothing_any_more_breaks_no_page(cast: Cast, mona: Staff) -> None:
    old = saving.Narrowed("pending", "newest", {"since": "31.12.", "gone": "x"})
    saving.save("Old", old, site=None, by=cast.mona)
    assert saved(mona.page("/dashboard/")) == ["Old g 1"]
