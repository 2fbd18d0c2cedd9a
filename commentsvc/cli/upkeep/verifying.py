"""`commentsvc backup verify`: check a backup by restoring it into a temporary database."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...settings import Settings
from ..asking import as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...core.backups.archive import Manifest

#: How much larger than a backup its database can be: 2.8 GB for 0.3 GB (docs/scaling.md).
_SPACE = 10


@dataclass
class _Seen:
    """The contents of a restored backup."""

    rows: dict[str, int]
    comments: dict[str, int] = field(default_factory=dict)  # by status
    upgraded: bool = False


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--in",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where to put the temporary database (default: the system's temporary folder).",
)
@as_json
def verify(file: Path, folder: Path | None, as_json: bool) -> None:
    """Restore FILE into a temporary database, verify every row, and say what is in it.

    It does not use your own database. The temporary one is always SQLite, can need up to ten
    times as much space as FILE, and is deleted afterward.

    \b
    Example:
      commentsvc backup verify comments-2026-11-22.zip
    """
    manifest = readable(file)
    with tempfile.TemporaryDirectory(prefix="commentsvc-verify-", dir=folder) as name:
        place = Path(name)
        _check_space(file, place)
        seen = _restored(file, manifest, place)
    if as_json:
        click.echo(json.dumps(_facts(file, manifest, seen), indent=2))
    else:
        for line in _sentences(file, manifest, seen):
            click.echo(line)


def readable(file: Path) -> Manifest:
    """The archive's manifest. Raises `Invalid` if this version cannot restore it."""
    from ...core import schema
    from ...core.backups import archive
    from ...core.errors import Invalid
    from ...core.files import folder

    manifest = archive.read_manifest(file)
    if not schema.is_known(folder("migrations"), manifest.revision):
        raise Invalid("invalid.backup_newer")
    return manifest


def progress_shown() -> Callable[[str, int], None]:
    """A progress display with the table and its rows, on one line of a terminal; nothing
    elsewhere."""
    if not sys.stderr.isatty():
        return lambda name, count: None

    def show(name: str, count: int) -> None:
        click.echo(f"\r\x1b[K{name}: {count:,}", err=True, nl=False)

    return show


def _check_space(file: Path, place: Path) -> None:
    """Check the space first: this error is clearer than that of a full disk."""
    needed = _SPACE * file.stat().st_size
    if shutil.disk_usage(place).free < needed:
        raise click.ClickException(
            f"There is not enough free space in {place.parent}. Choose another folder with --in."
        )


def _restored(file: Path, manifest: Manifest, place: Path) -> _Seen:
    from ...app import create_app
    from ...core import schema
    from ...core.backups import archive
    from ...core.db import db
    from ...core.files import folder

    given = Settings(
        data_dir=place,
        database_url=f"sqlite:///{place / 'comments.db'}",
        secret_key=secrets.token_urlsafe(48),
        toxicity_backend="embedded",
    )
    app = create_app(given, deliver=lambda job_id, delay: None)
    migrations = folder("migrations")
    schema.upgrade(app, migrations, lock_in=place, revision=manifest.revision or "head")
    with app.app_context():
        archive.load(db.engine, file, progress=progress_shown())
        archive.verify(db.engine, manifest)
        seen = _Seen({name: each["rows"] for name, each in manifest.tables.items()})
        seen.comments = _by_status()
        db.session.remove()
    # as a restore would do next
    seen.upgraded = schema.upgrade(app, migrations, lock_in=place)
    with app.app_context():
        db.engine.dispose()
    return seen


def _by_status() -> dict[str, int]:
    from sqlalchemy import text

    from ...core.db import db

    with db.engine.connect() as connection:
        counted = connection.execute(
            text("SELECT status, count(*) FROM comment GROUP BY status ORDER BY status")
        )
        return {str(status): int(count) for status, count in counted}


def _facts(file: Path, manifest: Manifest, seen: _Seen) -> dict[str, Any]:
    return {
        "file": str(file),
        "created_at": manifest.created_at,
        "version": manifest.version,
        "engine": manifest.engine,
        "revision": manifest.revision,
        "upgraded": seen.upgraded,
        "rows": seen.rows,
        "comments": seen.comments,
        "digest": manifest.digest,
    }


def _sentences(file: Path, manifest: Manifest, seen: _Seen) -> list[str]:
    filled = {name: count for name, count in seen.rows.items() if count}
    width = max(map(len, filled), default=0)
    states = ", ".join(f"{count:,} {status}" for status, count in seen.comments.items())
    return [
        f"{file}: saved {manifest.created_at[:19].replace('T', ' ')} UTC by version "
        f"{manifest.version} from {manifest.engine}, revision {manifest.revision}.",
        *(f"  {name:{width}} {count:>10,}" for name, count in sorted(filled.items())),
        f"Comments: {states or 'none'}.",
        f"Restored and verified {sum(filled.values()):,} rows"
        + (", then upgraded to this version." if seen.upgraded else "."),
        f"Digest: {manifest.digest}",
    ]
