"""A site's own reasons in the dashboard: the owners' page, and every list that they appear in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.moderation.models import Decision
from commentsvc.moderation.sharing import own_reasons as own
from commentsvc.moderation.sharing.models import OwnReason
from commentsvc.moderation.sharing.own_reasons import Wording
from commentsvc.moderation.taxonomy import OTHER_TERMS
from commentsvc.sites.commands import set_policy
from tests.factories import post
from tests.web.asking import api_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PAGE = "/dashboard/sites/harbour/reasons"


@pytest.fixture
def kept(cast: Cast) -> OwnReason:
    set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    return own.add(cast.site, Wording({"en": "No source", "de": "Ohne Quelle"}), by=cast.olga)


def keyed(page: str, number: int) -> str | None:
    """What has the key of this number on the owners' page."""
    found = re.search(rf"<kbd>⇧{number}</kbd>\s*<bdi>(.*?)</bdi>", page)
    return found and found[1]


def test_it_works(cast: Cast, olga: Staff) -> None:
    """Without scripts: added, put first, said otherwise, retired and used again."""
    form = {"title_en": " No source ", "hint_en": "Where is it from?", "rule": "§ 4"}
    more = {"language": "de", "more_title": "Ohne Quelle", "category": OTHER_TERMS}
    assert olga.post(PAGE, **form, **more).status_code == 303
    olga.post(PAGE, title_en="Too long", category=OTHER_TERMS)
    first, second = db.session.scalars(select(OwnReason).order_by(OwnReason.position))
    assert (first.titles, first.rule) == ({"en": "No source", "de": "Ohne Quelle"}, "§ 4")
    page = olga.page(PAGE)
    assert "Reason (Deutsch)" in page and keyed(page, 2) == "Too long"
    olga.post(f"{PAGE}/{second.code}", do="up")
    page = olga.page(PAGE)
    assert keyed(page, 1) == "Too long" and "The reason has been moved up." in page
    olga.post(f"{PAGE}/{first.code}", title_en="Unsourced", category=OTHER_TERMS)
    olga.post(f"{PAGE}/{second.code}", do="retire")
    page = olga.page(PAGE)
    assert keyed(page, 1) == "Unsourced" and "Retired" in page
    olga.post(f"{PAGE}/{second.code}", do="restore")
    log = olga.page("/dashboard/log?action=settings")
    for words in (
        "added a reason",
        "changed a reason",
        "retired a reason",
        "restored a reason",
    ):
        assert words in log
    assert PAGE in olga.page("/dashboard/sites/harbour/policy")


def test_every_list_has_it(cast: Cast, mona: Staff, kept: OwnReason) -> None:
    waits = post(cast.site, user=cast.rita).comment
    queue = mona.page("/dashboard/")
    assert f'value="{kept.code}" data-key="⇧1"' in queue
    assert f'<option value="{kept.code}">' in queue  # of bulks
    person = f"/dashboard/people/{cast.rita.public_id}"
    for path in (person, f"{person}/drawer", f"/dashboard/comments/{waits.public_id}"):
        assert f'value="{kept.code}"' in mona.page(path), path
    form = f"/dashboard/comments/{waits.public_id}/network"
    assert f'value="{kept.code}"' in mona.page(form)
    path = f"/dashboard/comments/{waits.public_id}/decisions"
    mona.post(path, action="reject", reason=kept.code)
    last = select(Decision.reason).order_by(Decision.id.desc()).limit(1)
    assert db.session.scalar(last) == kept.code
    assert "No source" in mona.page(f"/dashboard/comments/{waits.public_id}")
    own.retire(cast.site, kept.code, by=cast.olga)
    assert 'data-key="⇧1"' not in mona.page("/dashboard/?queue=all")
    narrowed = mona.page(f"/dashboard/?queue=rejected&reason={kept.code}")
    assert "<bdi>No source</bdi>" in narrowed and waits.public_id in narrowed
    assert "No source" in mona.page(f"/dashboard/log?reason={kept.code}")
    year = mona.page("/transparency/harbour")
    assert "No source" in year and kept.code not in year
    assert kept.code in str(mona.get("/transparency/harbour/log.json").json)


def test_a_program_gives_it(cast: Cast, client: FlaskClient, kept: OwnReason) -> None:
    waits = post(cast.site, user=cast.rita).comment
    given = api_key(cast.mona, "read", "moderate")
    listed = client.get("/api/v1/queue/reasons?site=harbour&locale=de", headers=given).json
    assert listed and listed["items"][-1] == {
        "code": kept.code,
        "title": "Ohne Quelle",
        "own": True,
    }
    path = f"/api/v1/comments/{waits.public_id}/decisions"
    body = {"action": "reject", "reason": "own_none", "seen_version": waits.version}
    assert client.post(path, json=body, headers=given).status_code == 422
    body["reason"] = kept.code
    made = client.post(path, json=body, headers=given)
    assert made.status_code == 201 and made.json and made.json["reason"] == kept.code


def test_owners_alone(cast: Cast, kept: OwnReason, sign_in: Callable[[str | None], Staff]) -> None:
    mona = sign_in("mona")
    assert mona.get(PAGE).status_code == 403
    assert mona.post(PAGE, title_en="a", category=OTHER_TERMS).status_code == 403
    theirs = sign_in("max")
    theirs.post(f"/dashboard/sites/mountain/reasons/{kept.code}", do="retire")
    assert kept.active
