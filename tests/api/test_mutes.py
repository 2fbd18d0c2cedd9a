"""Muting an author: for oneself alone, on the account, taken back there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import mutes
from tests.factories import HREF, post
from tests.web.asking import HOST, api_key, bearer, browser, signed_in

if TYPE_CHECKING:
    import pytest
    from flask import Flask

    from commentsvc.accounts.models import User
    from tests.people import Cast


def address(user: User) -> str:
    return f"/api/v1/people/{user.public_id}/mute"


def muted(app: Flask, cast: Cast, user: User) -> list[Any]:
    found = browser(app).get("/api/v1/me?site=harbour", headers=bearer(user, cast.site))
    return [each["name"] for each in found.get_json()["muted"]]


def test_it_works(app: Flask, cast: Cast) -> None:
    rita = bearer(cast.rita, cast.site)
    for _ in range(2):
        assert browser(app).put(address(cast.bo), headers=rita).status_code == 204
    assert browser(app).put(address(cast.ada), headers=rita).status_code == 204
    assert muted(app, cast, cast.rita) == ["Ada", "Bo"]
    assert muted(app, cast, cast.bo) == [] and muted(app, cast, cast.max) == []
    for _ in range(2):
        assert browser(app).delete(address(cast.bo), headers=rita).status_code == 204
    assert muted(app, cast, cast.rita) == ["Ada"]


def test_what_is_refused(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rita = bearer(cast.rita, cast.site)
    assert browser(app).put(address(cast.rita), headers=rita).status_code == 422
    assert browser(app).put("/api/v1/people/none/mute", headers=rita).status_code == 404
    assert browser(app).put(address(cast.bo)).status_code == 401
    reading = api_key(cast.rita, "read")
    assert browser(app).put(address(cast.bo), headers=reading).status_code == 403
    monkeypatch.setattr(mutes, "MOST", 1)
    assert browser(app).put(address(cast.bo), headers=rita).status_code == 204
    assert browser(app).put(address(cast.ada), headers=rita).status_code == 422


def test_the_page_is_the_same_for_everybody_and_names_the_author(app: Flask, cast: Cast) -> None:
    post(cast.site, "Mine.", user=cast.rita)
    path = f"/embed/thread?site=harbour&href={HREF}"
    before = browser(app).get(path).data
    mutes.mute(cast.mona, cast.rita.public_id)
    assert browser(app).get(path, headers=bearer(cast.mona, cast.site)).data == before
    assert f'data-by="{cast.rita.public_id}"' in before.decode()


def test_the_account_lists_them_and_an_erased_person_is_gone(app: Flask, cast: Cast) -> None:
    mutes.mute(cast.rita, cast.bo.public_id)
    mutes.mute(cast.rita, cast.ada.public_id)
    client, token = signed_in(app, cast.rita)
    assert "Unmute Bo" in client.get("/account/").text
    path = f"/account/mutes/{cast.bo.public_id}/end"
    done = client.post(path, data={"csrf_token": token}, headers={"Origin": HOST})
    assert done.status_code == 303
    page = client.get("/account/").text
    assert "Unmute Bo" not in page and "Unmute Ada" in page
    accounts.erase(cast.ada)
    assert mutes.muted(cast.rita) == []
    assert "People you have muted" not in client.get("/account/").text
