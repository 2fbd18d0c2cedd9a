"""Sites that were there before better defaults came keep what they had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import flask_migrate
import pytest
from sqlalchemy import text

from commentsvc.core import schema
from commentsvc.core.db import db
from commentsvc.sites.policy import Policy, from_dict
from tests.core.test_migrations import MIGRATIONS, fresh

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

OLD = {
    "toxicity": 0.8,
    "severe_toxicity": 0.5,
    "obscene": 0.9,
    "threat": 0.5,
    "insult": 0.8,
    "identity_attack": 0.6,
}


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (
            {},
            {"hold_at": OLD, "flag_at": {"toxicity": 0.6}, "unscored_language": "hold"},
        ),
        (
            {"unscored": "publish", "hold_at": {"toxicity": 0.7}},
            {"hold_at": {"toxicity": 0.7}, "unscored_language": "publish", "unscored": "publish"},
        ),
    ],
)
def test_it_works(tmp_path: Path, before: dict[str, Any], kept: dict[str, Any]) -> None:
    app = fresh(tmp_path, "")
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path, revision="0015")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(_ADD, {"policy": json.dumps(before)})
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path)
    policy = from_dict(_stored(app))
    assert {name: getattr(policy, name) for name in kept} == kept
    assert (policy.swearing, Policy().swearing) == ("hold", "flag")
    with app.app_context():
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0015")
    assert _stored(app) == before


_ADD = text(
    "INSERT INTO site (key, name, policy, secrets, facebook_app_ids, version, created_at)"
    " VALUES ('old', 'Old', :policy, '[]', '[]', 3, '2026-01-01 00:00:00')"
)


def _stored(app: Flask) -> dict[str, Any]:
    with app.app_context(), db.engine.connect() as connection:
        stored: dict[str, Any] = json.loads(connection.scalar(text("SELECT policy FROM site")))
        return stored
