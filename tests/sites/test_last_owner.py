"""The last owner of a site stays, even if two give it up at once."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.models import User
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict
from commentsvc.posting import leaving
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Site
from commentsvc.sites.queries import role_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast

WAYS: dict[str, Callable[[Site, User], None]] = {
    "role": lambda site, user: sites.set_role(site, user, None, by=None),
    "ask": lambda _, user: leaving.ask_to_leave(user),
    "leave": lambda _, user: leaving.leave(user),
}


@pytest.mark.engines
@pytest.mark.parametrize(
    "ways", [("role", "role"), ("ask", "ask"), ("leave", "leave"), ("ask", "role")], ids="-".join
)
def test_of_two_at_once_one_is_refused(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, ways: tuple[str, str]
) -> None:
    sites.set_role(cast.site, cast.rita, "owner", by=cast.olga)
    site, owners, said = cast.site.id, (cast.olga.id, cast.rita.id), []
    db.session.remove()
    both, check = threading.Barrier(2), sites.check_last_owner

    def slowly(*args: object) -> None:
        check(*args)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)  # both may go by now, where nothing keeps them apart

    def give_up(way: str, owner: int) -> None:
        with app.app_context():
            try:
                WAYS[way](db.session.get_one(Site, site), db.session.get_one(User, owner))
                said.append("gone")
            except Conflict:
                said.append("refused")
            finally:
                db.session.remove()

    for room in (sites, leaving):
        monkeypatch.setattr(room, "check_last_owner", slowly)
    threads = [
        threading.Thread(target=give_up, args=each) for each in zip(ways, owners, strict=True)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["gone", "refused"]
    left = [db.session.get_one(User, each) for each in owners]
    here = db.session.get_one(Site, site)
    assert [role_of(each, here) for each in left if each.leaving_at is None].count("owner") == 1
