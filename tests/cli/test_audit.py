"""`commentsvc audit verify` checks the public logs and the log of everything staff do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import update

from commentsvc.accounts.models import StaffAct
from commentsvc.app import create_app
from commentsvc.core.db import db, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said


def test_it_works(call: Callable[..., Said]) -> None:
    call("user", "add", "olga@example.org", "--name", "Olga", "--admin")
    added = call(
        "site",
        "add",
        "Coral",
        "--owner",
        "olga@example.org",
        "--key",
        "coral",
        "--origin",
        "https://coral.example",
    )
    assert added.code == 0, added.err
    said = call("audit", "verify")
    assert said.code == 0 and said.out.splitlines() == [
        "coral: 0 rows verified",
        "staff: 3 rows verified",
    ]
    told = [json.loads(line) for line in call("audit", "verify", "--json").out.splitlines()]
    assert told[-1] == {"log": "staff", "site": None, "rows": 3, "broken": None}
    with create_app().app_context(), unit_of_work():
        db.session.execute(update(StaffAct).where(StaffAct.number == 2).values(kind="role"))
    broken = call("audit", "verify", "--site", "coral")
    assert broken.code == 1 and "staff: broken at row 2: row was changed" in broken.err
