"""The owner makes a key, sees it once, and takes it back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from commentsvc.accounts import keys
from tests.dashboard.conftest import BASE, Staff

if TYPE_CHECKING:
    from tests.people import Cast

PATH = "/dashboard/sites/harbour/keys"


def test_it_works(cast: Cast, olga: Staff) -> None:
    made = olga.post(PATH, label="Nightly export", scope=["read", "moderate"], days="90")
    assert made.status_code == 200 and made.headers["Cache-Control"] == "no-store"
    found = re.search(r"cs_[\w-]{20,}", made.text)
    assert found is not None
    page = olga.page(PATH)
    assert "Nightly export" in page and found[0] not in page
    key = keys.find_key(found[0])
    assert key is not None and key.site_id == cast.site.id and key.user_id == cast.olga.id
    assert key.scopes == ("moderate", "read") and key.expires_at is not None
    asked = olga.client.get(
        "/api/v1/queue/counts?site=harbour", base_url=BASE, headers={"X-Api-Key": found[0]}
    )
    assert asked.status_code == 200
    assert olga.post(f"{PATH}/{key.id}/revoke").status_code == 303
    assert "Nightly export" not in olga.page(PATH)
    assert keys.find_key(found[0]) is None


def test_what_is_refused(cast: Cast, olga: Staff, mona: Staff) -> None:
    assert mona.get(PATH).status_code == 403
    assert olga.post(PATH, label="Nothing").status_code == 303
    assert olga.post(PATH, label="More", scope="everything").status_code == 303
    assert keys.keys(cast.site.id) == []
    theirs = keys.add_key(label="x", scopes=["read"], site_id=cast.other.id, user=cast.max)
    found = keys.find_key(theirs)
    assert found is not None
    olga.post(f"{PATH}/{found.id}/revoke")
    assert keys.keys(cast.other.id) != []
