"""The last way to sign in stays, even if two are removed at once."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts.models import Identity, User
from commentsvc.accounts.providers import people
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines

REALMS = ("oidc::a", "oidc::b")


def test_of_two_requests_at_once_one_is_refused(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work():
        cast.rita.password_hash = cast.rita.member_email = None
        db.session.add_all(
            Identity(user_id=cast.rita.id, provider=each, subject="1") for each in REALMS
        )
    rita, said = cast.rita.id, []
    db.session.remove()
    both, has_way = threading.Barrier(2), people.has_way

    def slowly(*args: object, **kwargs: object) -> bool:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)  # both have removed theirs by now, where nothing keeps them apart
        return has_way(*args, **kwargs)

    def disconnect(realm: str) -> None:
        with app.app_context():
            me = db.session.get_one(User, rita)
            try:
                people.disconnect(me, realm, title="x", live=REALMS, by_email=False)
                said.append("gone")
            except Conflict:
                said.append("refused")
            finally:
                db.session.remove()

    monkeypatch.setattr(people, "has_way", slowly)
    threads = [threading.Thread(target=disconnect, args=(each,)) for each in REALMS]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["gone", "refused"]
    assert db.session.scalar(select(func.count(Identity.id)).where(Identity.user_id == rita)) == 1
