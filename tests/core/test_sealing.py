"""Secrets that must be used as they are lie sealed in the database, and files are nobody else's."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from commentsvc.app import create_app
from commentsvc.core import jobs, schema
from commentsvc.core.backups import archive
from commentsvc.core.db import db
from commentsvc.core.errors import Unavailable
from commentsvc.core.files import close_to_others, data_folder, folder, open_to_others
from commentsvc.core.sealing import Sealer, sealer
from commentsvc.notifications import sealed, webhooks
from commentsvc.notifications.models import Webhook
from commentsvc.settings import Settings
from commentsvc.sites.queries import by_key
from commentsvc.toxicity.backends.stub import StubScorer
from tests.core.test_archive import silent
from tests.core.test_migrations import empty  # noqa: F401  the fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

    from tests.people import Cast

MIGRATIONS = folder("migrations")


def kept() -> list[str]:
    """All that the tables hold of secrets, as they hold it."""
    sites = db.session.execute(text("SELECT secrets FROM site")).scalars()
    hooks = db.session.execute(text("SELECT secret || ' ' || verify_token FROM webhook")).scalars()
    return [str(each) for each in (*sites, *hooks)]


@pytest.fixture
def hook(cast: Cast) -> Webhook:
    return webhooks.subscribe(
        cast.site,
        "https://hooks.example.org/",
        events=["comment.published"],
        by=cast.olga,
        secret="our own secret " + "ü" * 100,
    )


@pytest.mark.engines
def test_it_works(cast: Cast, hook: Webhook) -> None:
    db.session.expire_all()
    secret = by_key("harbour").secrets[0]
    assert len(secret) >= 32 and hook.secret.endswith("ü") and len(hook.verify_token) >= 32
    stored = " ".join(kept())
    assert not any(each in stored for each in (secret, "our own secret", hook.verify_token))
    assert sealed.states() == {"sealed": 4}


def test_what_was_changed_is_not_opened() -> None:
    box = Sealer(["a" * 20])
    kept = box.seal("secret")
    assert box.open(kept) == "secret" and box.seal("secret") != kept
    with pytest.raises(Unavailable):
        box.open(kept[:-6] + ("A" if kept[-6] != "A" else "B") + kept[-5:])
    with pytest.raises(Unavailable):
        Sealer(["b" * 20]).open(kept)
    assert Sealer(["b" * 20, "a" * 20]).open(kept) == "secret"


def test_keys_that_begin_alike_are_others() -> None:
    kept = Sealer(["k" * 64 + "1"]).seal("secret")
    assert Sealer(["k" * 64 + "2"]).state(kept) == "lost"


@pytest.mark.engines
def test_a_new_key_seals_again(app: Flask, cast: Cast, hook: Webhook) -> None:
    secret, ours = cast.site.secrets, hook.secret
    sealer.install(app, Sealer(["new key " * 3]))
    assert sealed.states() == {"lost": 4} and by_key("harbour").secrets == []
    sealer.install(app, Sealer(["new key " * 3, app.config["SECRET_KEY"]]))
    assert sealed.states() == {"old key": 4}
    assert by_key("harbour").secrets == secret
    assert sealed.reseal() == {"old key": 4}
    sealer.install(app, Sealer(["new key " * 3]))
    db.session.expire_all()
    assert sealed.states() == {"sealed": 4}
    assert by_key("harbour").secrets == secret and hook.secret == ours


def test_what_no_key_opens_is_left_and_can_be_replaced(app: Flask, cast: Cast) -> None:
    from commentsvc.sites.commands import rotate_secret

    before = cast.site.kept_secrets
    sealer.install(app, Sealer(["another key " * 2]))
    assert sealed.reseal() == {"lost": 2} and cast.site.kept_secrets == before
    made = rotate_secret(cast.site)
    assert cast.site.secrets == [made]


def older(app: Flask, tmp_path: Path) -> None:
    """Tables of the version before, with secrets as it kept them, and a backup of them."""
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path, revision="0013")
    with app.app_context():
        with db.engine.begin() as connection:
            for statement in (
                "INSERT INTO site (id, key, name, policy, version, secrets, facebook_app_ids,"
                " created_at) VALUES (1, 'k', 'K', '{}', 1, '[\"one\", \"two\"]', '[]', 0)",
                "INSERT INTO webhook (public_id, site_id, url, events, secret, verify_token, state,"
                " created_at) VALUES ('w', 1, 'https://e.org/', '[]', 'three', 'four', 'new', 0)",
            ):
                connection.execute(text(statement))
        archive.write(
            db.engine, tmp_path / "a.zip", revision="0013", version="test", progress=silent
        )


@pytest.mark.engines
def test_the_migration_seals_what_is_there_and_back(
    empty: Callable[[str], Flask],  # noqa: F811
    tmp_path: Path,
) -> None:
    app = empty("older")
    older(app, tmp_path)
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path)
    with app.app_context():
        assert sealed.states() == {"sealed": 4}
        assert by_key("k").secrets == ["one", "two"]
        assert db.session.query(Webhook).one().verify_token == "four"
        db.session.remove()
        schema._alembic(app, MIGRATIONS).downgrade(directory=str(MIGRATIONS), revision="0013")
        assert [each in kept()[0] for each in ("one", "two", "sealed")] == [True, True, False]
        assert kept()[1] == "three four"


@pytest.mark.engines
def test_an_older_backup_is_sealed_when_it_is_restored(
    empty: Callable[[str], Flask],  # noqa: F811
    tmp_path: Path,
) -> None:
    older(empty("older"), tmp_path)
    restored = empty("restored")
    schema.upgrade(restored, MIGRATIONS, lock_in=tmp_path, revision="0013")
    with restored.app_context():
        archive.load(db.engine, tmp_path / "a.zip", progress=silent)
    schema.upgrade(restored, MIGRATIONS, lock_in=tmp_path)
    with restored.app_context():
        assert sealed.states() == {"sealed": 4} and by_key("k").secrets == ["one", "two"]


# --- files ----------------------------------------------------------------------------------------


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("mask", [0o022, 0o000, 0o077])
def test_files_are_made_closed(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        given = Settings(data_dir=tmp_path / "a" / "data").checked()
        app = create_app(given, scorer=StubScorer())
        schema.upgrade(app, MIGRATIONS, lock_in=given.data_dir)
        with app.app_context():
            db.session.execute(text("SELECT 1"))
            jobs.deliver()(1, 0)
            files = sorted(given.data_dir.iterdir())
            names = {each.name for each in files}
            assert {"comments.db", "comments.db-wal", "comments.db-shm", "queue.db"} <= names
            assert {each.name: oct(mode(each)) for each in files if mode(each) != 0o600} == {}
        assert mode(given.data_dir) == 0o700


def test_what_is_open_is_closed_at_the_start(tmp_path: Path) -> None:
    with umask(0o022):
        tmp_path.chmod(0o755)
        for name in ("comments.db", "comments.db-wal", "queue.db", "secret_key"):
            (tmp_path / name).touch()
        (tmp_path / "secret_key").write_text("k" * 40)
        app = create_app(Settings(data_dir=tmp_path).checked(), scorer=StubScorer())
        with app.app_context():
            db.session.execute(text("SELECT 1"))
    left = open_to_others([tmp_path, *tmp_path.iterdir()])
    assert left == []


def test_folders_that_others_share_stay_open(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    for bits in (0o1777, 0o2775):
        shared.mkdir(exist_ok=True)
        shared.chmod(bits)
        data_folder(shared)
        assert mode(shared) == bits
    close_to_others(tmp_path / "not there")
