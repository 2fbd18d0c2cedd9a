"""Backup and restore."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...settings import Settings
from ..asking import as_json
from ..database import as_it_is, nothing_left
from ..mostly import Mostly
from .verifying import progress_shown, readable, verify

if TYPE_CHECKING:
    from flask import Flask

    from ...core.backups.archive import Manifest


def _end_line() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@as_json
def save(file: Path, force: bool, as_json: bool) -> None:
    """Save everything to FILE while the server runs. Works with SQLite and PostgreSQL.

    FILE contains password hashes and sealed secrets, so keep it as safe as the database. It
    does not contain SECRET_KEY, which decrypts the secrets. Back that up too, in a separate place.

    \b
    Example:
      commentsvc backup comments-$(date +%F).zip
    """
    from ...core import schema
    from ...core.backups import archive
    from ...core.db import db

    if file.exists() and not force:
        raise click.ClickException(f"“{file}” already exists. Choose another name, or add --force.")
    with as_it_is():
        at = schema.current()
        try:
            manifest = archive.write(
                db.engine,
                file,
                revision=at,
                version=version("commentsvc"),
                progress=progress_shown(),
            )
        except OSError as error:
            raise click.ClickException(
                f"“{file}” cannot be written ({error.strerror}). Choose another location. "
                "No partial file was left."
            ) from error
    _end_line()
    rows = sum(each["rows"] for each in manifest.tables.values())
    if as_json:
        facts = {"file": str(file), "rows": rows, "digest": manifest.digest, "revision": at}
        click.echo(json.dumps(facts, indent=2))
    else:
        click.echo(f"Saved {rows:,} rows to {file}.\nDigest: {manifest.digest}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def restore(file: Path, as_json: bool) -> None:
    """Restore FILE into an empty database, verify every row, and upgrade it to this version.

    \b
    Example:
      DATA_DIR=/srv/comments commentsvc restore comments-2026-11-22.zip
    """
    from ... import server
    from ...app import create_app

    manifest = readable(file)
    with nothing_left(Settings.from_env(only_look=True)):
        given = Settings.from_env()
        app = create_app(given)
        with app.app_context():
            _load(file, app, given, manifest)
        _end_line()
        server.upgrade(app, given)
    rows = sum(each["rows"] for each in manifest.tables.values())
    if as_json:
        click.echo(json.dumps({"rows": rows, "digest": manifest.digest}, indent=2))
    else:
        click.echo(f"Restored and verified {rows:,} rows.\nDigest: {manifest.digest}")


def _load(file: Path, app: Flask, given: Settings, manifest: Manifest) -> None:
    """Load the file into the database, in the tables of the file's version."""
    from ...core import schema
    from ...core.backups import archive
    from ...core.db import db
    from ...core.files import folder

    at = schema.current()
    if at is not None:
        archive.check_empty(db.engine)
    if at not in (None, manifest.revision):
        raise click.ClickException(
            "The database has the tables of another version. Restore into a new database."
        )
    if at is None:
        schema.upgrade(
            app,
            folder("migrations"),
            lock_in=given.data_dir,
            revision=manifest.revision or "head",
        )
    try:
        archive.load(db.engine, file, progress=progress_shown())
        archive.verify(db.engine, manifest)
    except BaseException:
        if at is None:
            archive.drop_tables(db.engine)
        raise


@click.command()
@as_json
def reseal(as_json: bool) -> None:
    """Seal the sites' and webhooks' signing secrets with the current SECRET_KEY.

    Set OLD_SECRET_KEYS to the previous key, run this, then unset it.

    \b
    Example:
      OLD_SECRET_KEYS_FILE=old_key commentsvc reseal
    """
    from ...notifications import sealed

    with as_it_is():
        found = sealed.reseal()
    renewed, lost = found["open"] + found["old key"], found["lost"]
    if as_json:
        facts = {"resealed": renewed, "unchanged": found["sealed"], "lost": lost}
        click.echo(json.dumps(facts, indent=2))
    else:
        click.echo(f"Secrets sealed: {renewed}. Already sealed with this key: {found['sealed']}.")
    if lost:
        raise click.ClickException(
            f"Secrets that no key can decrypt: {lost}. Set OLD_SECRET_KEYS to the key that sealed them, "
            "or create new secrets."
        )


COMMANDS = (Mostly(save, [verify]), restore, reseal)
