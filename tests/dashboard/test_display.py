"""How the queue looks to one person, what the palette finds, and a ban together with a rejection."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.cases.appeals import appeal
from commentsvc.moderation.cases.notices import give_notice
from commentsvc.sites.queries import role_of
from commentsvc.threads.commands import comment_by_public_id
from tests.factories import post

if TYPE_CHECKING:
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

LINKS = "https://a.example.net https://b.example.net https://c.example.net"
MILD, SEVERE = f"Look: {LINKS}", "I will kill you."


def test_it_works(cast: Cast, mona: Staff, olga: Staff) -> None:
    for text in (MILD, SEVERE):
        post(cast.site, text, name="Kim")
    assert mona.page("/dashboard/").count('class="veil"') == 1
    for blur, veils in (("all", 2), ("none", 0), ("nonsense", 0), ("severe", 1)):
        assert mona.post("/account/display", blur=blur).status_code == 303
        assert mona.page("/dashboard/").count('class="veil"') == veils, blur
    assert mona.post("/account/display", density="compact", back="/dashboard/").status_code == 303
    page = mona.page("/dashboard/")
    assert 'data-density="compact"' in page and page.count('class="veil"') == 1
    assert 'data-density="comfortable"' in olga.page("/dashboard/")  # one's own, and nobody else's


def test_what_stands_around_a_card_is_blurred_too(cast: Cast, mona: Staff) -> None:
    post(cast.site, "A calm word.", name="Ann")
    answer = post(cast.site, MILD, name="Kim").comment
    path = f"/dashboard/comments/{answer.public_id}/context"
    assert "A calm word." in mona.page(path)
    mona.post("/account/display", blur="all")
    assert "A calm word." not in mona.page(path)


def test_a_text_is_blurred_wherever_it_stands(cast: Cast, mona: Staff, olga: Staff) -> None:
    """On the log's, the appeals', the notices', the comment's and the bulk's page too."""
    with clock.frozen(clock.now()):
        pages = pages_with_a_text(cast, mona, olga)
        for blur in ("none", "all"):
            olga.post("/account/display", blur=blur)
            for page in pages:
                assert ('class="veil"' in olga.page(page)) is (blur == "all"), (page, blur)


def pages_with_a_text(cast: Cast, mona: Staff, olga: Staff) -> list[str]:
    calm = post(cast.site, "A calm word.", name="Ann").comment
    notice = {"law": "§ 185", "explanation": "This is an insult of mine.", "good_faith": True}
    give_notice(calm.public_id, **notice)
    made = post(cast.site, MILD, user=cast.rita).comment
    mona.post(f"/dashboard/comments/{made.public_id}/decisions", action="reject", reason="spam")
    clock.move(timedelta(minutes=5))
    appeal(made.public_id, "Please look again.", by=cast.rita)
    held = post(cast.site, MILD, name="Kim").comment
    bulk = olga.post("/dashboard/bulk", scope="all", action="approve", json=True)
    return [
        *("/dashboard/log", "/dashboard/appeals", "/dashboard/notices"),
        *(f"/dashboard/comments/{held.public_id}", f"/dashboard/comments/{held.public_id}/network"),
        bulk.get_json()["location"],
    ]


def names(staff: Staff, path: str) -> list[str]:
    places: list[dict[str, Any]] = json.loads(staff.page(path))["places"]
    return [" ".join(filter(None, (each["site"], each["words"]))) for each in places]


def test_every_page_is_found_by_its_name(cast: Cast, mona: Staff, olga: Staff) -> None:
    found = names(mona, "/dashboard/places")
    assert {"Queue: Pending", "Appeals", "Blocked networks", "Your account"} <= set(found)
    policy = f"{cast.site.name} Policy"
    assert policy not in found and "Sites" not in found
    assert policy in names(olga, "/dashboard/places")
    for each in json.loads(olga.page("/dashboard/places"))["places"]:
        olga.page(each["href"])


def test_people_are_found_by_theirs(cast: Cast, mona: Staff) -> None:
    post(cast.site, MILD, user=cast.rita)
    assert names(mona, "/dashboard/places?q=rit") == ["Rita"]
    assert names(mona, "/dashboard/places?q=nobody+there") == []


def test_a_ban_with_a_rejection(cast: Cast, mona: Staff) -> None:
    """What waits goes with it, and a published comment too, as it was seen; one undo."""
    calm = post(cast.site, "A calm word.", user=cast.rita).comment
    held = post(cast.site, MILD, user=cast.rita).comment
    path = f"/dashboard/comments/{calm.public_id}/ban"
    answer = mona.post(path, json=True, reason="spam", seen_version="77")
    assert answer.status_code == 409 and role_of(cast.rita, cast.site) == "reader"
    assert mona.post(path, json=True, reason="").status_code == 422
    answer = mona.post(path, json=True, reason="spam", seen_version=str(calm.version))
    assert answer.status_code == 200
    assert role_of(cast.rita, cast.site) == "banned"
    assert [status(each.public_id) for each in (calm, held)] == ["rejected", "rejected"]
    undone = mona.post(answer.get_json()["undo"], json=True).get_json()
    assert role_of(cast.rita, cast.site) == "reader"
    assert [status(each.public_id) for each in (calm, held)] == ["published", "pending"]
    assert undone["versions"][held.public_id] == comment_by_public_id(held.public_id).version
    db.session.rollback()


@pytest.mark.parametrize("author", ["olga", "mona"])
def test_staff_is_not_banned_so(cast: Cast, mona: Staff, author: str) -> None:
    made = post(cast.site, "A calm word.", user=getattr(cast, author)).comment
    answer = mona.post(f"/dashboard/comments/{made.public_id}/ban", json=True, reason="spam")
    assert answer.status_code in (403, 422)
    assert status(made.public_id) == "published"


def status(public_id: str) -> str:
    db.session.rollback()
    db.session.expire_all()
    return comment_by_public_id(public_id).status
