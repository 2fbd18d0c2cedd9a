"""A backup: every table as JSON lines in one zip, read in one consistent transaction.

Rows come from the tables, not from the current models, and their values are plain JSON. So an
archive can be restored on either engine, into the version that wrote it or any later one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Engine, MetaData, Table, bindparam, select, text

from .. import clock
from ..errors import Conflict, Invalid
from .bulk import hurried
from .damage import DAMAGED, damage_told
from .rows import MAX_LINE, Filler, batches, lines_of
from .sequences import set_sequences

FORMAT = 1
_MANIFEST = "manifest.json"
_SKIPPED = frozenset(("alembic_version",))

Progress = Callable[[str, int], None]  # (table, rows done)


@dataclass(frozen=True)
class Manifest:
    """The metadata of an archive; `tables` is name -> {"rows", "sha256"}."""

    format: int
    revision: str | None
    engine: str
    created_at: str
    version: str
    tables: dict[str, dict[str, Any]]

    @property
    def digest(self) -> str:
        """One hash over all rows of all tables; equal content has an equal digest on any engine."""
        lines = (f"{name} {each['sha256']}\n" for name, each in sorted(self.tables.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def write(
    engine: Engine, target: Path, *, revision: str | None, version: str, progress: Progress
) -> Manifest:
    """Write everything into `target`, atomically. Readers and writers are not blocked.

    The file contains password hashes and sealed secrets, so only its owner can read it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with (
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
                _snapshot(engine) as connection,
            ):
                tables = {
                    f"{table.name}": _dump(connection, table, archive, progress)
                    for table in _tables(connection)
                }
                manifest = Manifest(
                    format=FORMAT,
                    revision=revision,
                    engine=engine.dialect.name,
                    created_at=clock.now().isoformat(),
                    version=version,
                    tables=tables,
                )
                archive.writestr(_MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return manifest


def read_manifest(source: Path) -> Manifest:
    """The manifest of an archive. Raises `Invalid` for a file that is not an archive."""
    try:
        with zipfile.ZipFile(source) as archive:
            if archive.getinfo(_MANIFEST).file_size > MAX_LINE:
                raise ValueError(_MANIFEST)
            manifest = Manifest(**orjson.loads(archive.read(_MANIFEST)))
        rows = [(each["rows"], each["sha256"]) for each in manifest.tables.values()]
        whole = manifest.format > 0 and isinstance(manifest.revision, str | None)
    except (*DAMAGED, TypeError, AttributeError) as error:
        raise Invalid("invalid.backup", file=str(source)) from error
    if not whole or not all(isinstance(count, int) for count, _ in rows):
        raise Invalid("invalid.backup", file=str(source))
    if manifest.format > FORMAT:
        raise Invalid("invalid.backup_newer")
    return manifest


def check(source: Path) -> Manifest:
    """Read every row of an archive. Raises `Invalid` if one is missing, damaged or changed."""
    manifest = read_manifest(source)
    with zipfile.ZipFile(source) as archive:
        for name, said in manifest.tables.items():
            digest, count = hashlib.sha256(), 0
            with damage_told(name), archive.open(f"tables/{name}.jsonl") as file:
                for lines in batches(file, digest):
                    count += len(lines)
            if (count, digest.hexdigest()) != (said["rows"], said["sha256"]):
                raise Invalid("invalid.backup_rows", table=name)
    return manifest


def check_empty(engine: Engine) -> None:
    """Raises `Conflict` if a table has rows: a restore never mixes two installations."""
    with engine.connect() as connection:
        for table in _tables(connection):
            if connection.execute(select(text("1")).select_from(table).limit(1)).first():
                raise Conflict("conflict.not_empty")


def drop_tables(engine: Engine) -> None:
    """Drop the tables that a restore created. On SQLite, the file is deleted instead."""
    if engine.dialect.name == "sqlite":
        return
    found = MetaData()
    found.reflect(engine)
    found.drop_all(engine)


def load(engine: Engine, source: Path, *, progress: Progress) -> None:
    """Fill the empty tables of the archive's own revision, in one transaction.

    Raises `Invalid` when a table's rows differ from those written (a damaged file).
    """
    manifest = read_manifest(source)
    with zipfile.ZipFile(source) as archive, engine.begin() as connection:
        tables = {table.name: table for table in _tables(connection)}
        if missing := set(manifest.tables) - set(tables):
            raise Invalid("invalid.backup_tables", tables=", ".join(sorted(missing)))
        with hurried(connection):
            for name, table in tables.items():
                if name in manifest.tables:
                    with damage_told(name):
                        _fill(connection, table, archive, manifest.tables[name], progress)
        set_sequences(connection, tables.values())


def verify(engine: Engine, manifest: Manifest) -> None:
    """Read the tables again. Raises `Invalid` when their rows differ from the archive."""
    with _snapshot(engine) as connection:
        for table in _tables(connection):
            wanted = manifest.tables.get(table.name)
            if wanted is not None and _digest(connection, table) != wanted["sha256"]:
                raise Invalid("invalid.backup_restored", table=table.name)


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that reads one consistent snapshot, without blocking anyone."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:  # WAL: a transaction keeps its snapshot
            yield connection
        return
    settled = engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True, stream_results=True
    )
    with settled.connect() as connection:
        yield connection


def _tables(connection: Connection) -> list[Table]:
    """The existing tables, referenced ones first, without search indexes, which fill themselves."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: "_search" not in name)
    tables = [table for table in found.sorted_tables if table.name not in _SKIPPED]
    for column in (column for table in tables for column in table.columns):
        if isinstance(column.type, JSON):
            column.type.none_as_null = True  # None is stored as NULL, never as JSON null
    return tables


def _dump(
    connection: Connection, table: Table, archive: zipfile.ZipFile, progress: Progress
) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
        for lines, many in lines_of(connection, table):
            digest.update(lines)
            out.write(lines)
            count += many
            progress(table.name, count)
    progress(table.name, count)
    return {"rows": count, "sha256": digest.hexdigest()}


def _digest(connection: Connection, table: Table) -> str:
    digest = hashlib.sha256()
    for lines, _ in lines_of(connection, table):
        digest.update(lines)
    return digest.hexdigest()


def _fill(
    connection: Connection,
    table: Table,
    archive: zipfile.ZipFile,
    said: dict[str, Any],
    progress: Progress,
) -> None:
    own = [column.name for column in table.columns if _points_home(column)]
    later: list[dict[str, Any]] = []
    filler, digest, count = Filler(connection, table), hashlib.sha256(), 0
    with archive.open(f"tables/{table.name}.jsonl") as file:
        for lines in batches(file, digest):
            rows = (_row(table, line) for line in lines)
            count += filler.fill(_without_later(table, rows, own, later) if own else rows)
            progress(table.name, count)
    if (count, digest.hexdigest()) != (said["rows"], said["sha256"]):
        raise Invalid("invalid.backup_rows", table=table.name)
    for name in own:
        _set_later(connection, table, name, [each for each in later if each["b_column"] == name])
    progress(table.name, count)


def _row(table: Table, line: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Invalid("invalid.backup_damaged", table=table.name) from error
    if not isinstance(row, dict):
        raise Invalid("invalid.backup_damaged", table=table.name)
    return row


def _points_home(column: Any) -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)


def _without_later(
    table: Table, rows: Iterable[dict[str, Any]], own: list[str], later: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Move references to later rows of the same table to `later`, to be set afterwards."""
    (key,) = table.primary_key.columns.keys()
    for row in rows:
        for name in own:
            if row.get(name) is not None and row[name] >= row[key]:
                later.append({"b_key": row[key], "b_column": name, "b_value": row[name]})
                row[name] = None
        yield row


def _set_later(connection: Connection, table: Table, name: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    (key,) = table.primary_key.columns
    connection.execute(
        table.update().where(key == bindparam("b_key")).values({name: bindparam("b_value")}),
        [{"b_key": each["b_key"], "b_value": each["b_value"]} for each in rows],
    )
