"""Whom one does not want to read: one's own list, which nobody else sees or feels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import mutes
from commentsvc.accounts.mutes import mute, muted, unmute
from commentsvc.core.errors import Invalid, NotFound

if TYPE_CHECKING:
    from tests.people import Cast


def test_it_works(cast: Cast) -> None:
    for person in (cast.olga, cast.max, cast.bo, cast.max):  # twice is once
        mute(cast.rita, person.public_id)
    assert muted(cast.rita) == [cast.bo, cast.max, cast.olga]  # by name
    unmute(cast.rita, cast.max.public_id)
    unmute(cast.rita, cast.max.public_id)
    unmute(cast.rita, "nobody")
    assert muted(cast.rita) == [cast.bo, cast.olga]
    assert muted(cast.bo) == muted(cast.olga) == []


def test_who_cannot_be_muted(cast: Cast) -> None:
    accounts.erase(cast.max)
    with pytest.raises(Invalid) as refused:
        mute(cast.rita, cast.rita.public_id)
    assert refused.value.field == "person_id"
    for nobody in ("", "nobody", cast.max.public_id):
        with pytest.raises(NotFound):
            mute(cast.rita, nobody)
    assert muted(cast.rita) == []


def test_guests_can_be_muted_and_who_left_is_gone_from_the_list(cast: Cast) -> None:
    guest, _ = accounts.make_guest("Gus")
    mute(cast.rita, guest.public_id)
    mute(cast.rita, cast.max.public_id)
    accounts.erase(cast.max)
    assert muted(cast.rita) == [guest]


def test_a_list_has_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutes, "MOST", 2)
    mute(cast.rita, cast.olga.public_id)
    mute(cast.rita, cast.bo.public_id)
    with pytest.raises(Invalid) as refused:
        mute(cast.rita, cast.max.public_id)
    assert refused.value.field == "person_id"
    mute(cast.rita, cast.bo.public_id)  # is on it already
    assert muted(cast.rita) == [cast.bo, cast.olga]


def test_other_settings_stay(cast: Cast) -> None:
    accounts.change_setting(cast.rita, "theme", lambda _: "dark")
    mute(cast.rita, cast.bo.public_id)
    unmute(cast.rita, cast.bo.public_id)
    assert cast.rita.settings["theme"] == "dark" and muted(cast.rita) == []
