"""Enumeration by time: whoever guesses addresses is answered after the same work, whether or not there is an
account. Work is counted, as seconds depend on the machine: slow hashes, and what the database is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import proofs
from commentsvc.core.db import db
from commentsvc.notifications.mail import MemoryMailer, mailer
from tests.dashboard.test_second_step import set_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

pytestmark = pytest.mark.engines

#: Everything that takes an address of whoever asks.
DOORS = {
    "/account/sign-in": {"password": "not this one"},
    "/account/forgot": {},
    "/account/email": {},
    "/account/register": {"name": "Nele", "password": "a long enough one"},
}
#: A member, one without a password, one with a second step, one who has left, and nobody.
PEOPLE = ("rita", "bo", "mona", "max", "nobody")


class _Slow:
    """The hasher, which counts what it is asked."""

    def __init__(self, hasher: Any) -> None:
        self.hasher, self.asked = hasher, 0

    def verify(self, *given: Any) -> Any:
        self.asked += 1
        return self.hasher.verify(*given)

    def hash(self, *given: Any) -> Any:
        self.asked += 1
        return self.hasher.hash(*given)


@pytest.mark.parametrize("door", DOORS)
def test_it_works(
    app: Flask,
    cast: Cast,
    sign_in: Callable[[str | None], Staff],
    queries: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
    door: str,
) -> None:
    mailer.install(app, MemoryMailer(reaches_people=True))
    set_up(cast.mona)
    cast.bo.password_hash = None
    db.session.commit()
    accounts.erase(cast.max)
    found = []
    for name in PEOPLE:
        staff = sign_in(None)
        monkeypatch.setattr(proofs, "_hasher", slow := _Slow(proofs._hasher))
        with queries() as asked:
            answer = staff.post(door, email=f"{name}@example.org", **DOORS[door])
        monkeypatch.undo()
        shape = [re.sub(r"'[^']*'|\d+", "", each) for each in asked if each != "BEGIN"]
        found.append((answer.status_code, slow.asked, shape))
    assert all(each == found[0] for each in found), found
    assert found[0][1] == (door in ("/account/sign-in", "/account/register"))
