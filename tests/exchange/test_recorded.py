"""Imports by the command line: running while they run, cancelled or failed when they end early, and ended
by whoever looks next when their process has died."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from commentsvc.core import clock, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict
from commentsvc.exchange.formats import read
from commentsvc.exchange.importing import commands
from commentsvc.exchange.uploads import alive, undoing
from commentsvc.exchange.uploads import commands as uploads
from commentsvc.exchange.uploads.models import SILENT, Import
from commentsvc.exchange.uploads.recording import Recorded
from commentsvc.threads.models import Comment
from tests.exchange.test_uploads import again, lines, tried

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Cast

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def _small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "UNIT", 4)


def by_command(cast: Cast, folder: Path, meanwhile: Any = lambda course: None) -> Import:
    """Import a file as the command does, and do something after its first units."""
    path = folder / "old.csv"
    path.write_bytes(lines())
    with read(path, None, now=clock.now()) as reading, Recorded(cast.site, path.name) as course:

        def progress(done: int, of: int) -> None:
            if 8 <= done < 16:
                meanwhile(course)

        commands.import_comments(cast.site, reading, progress=progress, course=course)
    return the_import()


def the_import() -> Import:
    """The newest one."""
    db.session.expire_all()
    newest = select(Import).where(Import.file == "").order_by(Import.id.desc()).limit(1)
    return db.session.scalars(newest).one()


def many() -> int:
    return db.session.scalar(select(func.count(Comment.id))) or 0


class Died(BaseException):
    """What ends a process without a word."""


def died(
    cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch, *, here: bool = False
) -> Import:
    """An import whose process has ended, on this machine or elsewhere."""

    def die(course: Recorded) -> None:
        assert course.public_id is not None and course._alive is not None
        course._alive.end(said=True)
        if here:
            alive.path_of(course.public_id).touch()
        raise Died

    with monkeypatch.context() as patched, pytest.raises(Died):
        patched.setattr(Recorded, "__exit__", lambda *args: None)
        by_command(cast, folder, die)
    return the_import()


def test_it_works(cast: Cast, tmp_path: Path) -> None:
    seen = []

    def meanwhile(course: Recorded) -> None:
        row = the_import()
        seen.append((row.state, row.standing, row.is_at_work, undoing.can_undo(row)))
        with pytest.raises(Conflict, match="still running"):
            undoing.undo_now(cast.site, row.public_id)
        with pytest.raises(Conflict, match="still running"):
            undoing.start(cast.site, row.public_id, by=cast.olga)
        with pytest.raises(Conflict, match="already being imported"):
            tried(cast)
        with pytest.raises(Conflict, match="already being imported"):
            by_command(cast, tmp_path)

    row = by_command(cast, tmp_path, meanwhile)
    assert set(seen) == {("running", "running", True, False)}
    assert (row.state, row.seen, many()) == ("done", 25, 25)
    assert undoing.undo_now(cast.site, row.public_id).gone == 25


def test_an_upload_that_runs_is_not_undone_either(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, said = tried(cast), []

    def pause() -> None:
        with pytest.raises(Conflict) as refused:
            undoing.start(cast.site, row.public_id, by=cast.olga)
        said.append(refused.value.key)

    monkeypatch.setattr(uploads, "_let_others_write", pause)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    with pytest.raises(Conflict) as refused:  # nor one that waits for its turn
        undoing.start(cast.site, row.public_id, by=cast.olga)
    jobs.run_due()
    assert {refused.value.key, *said} == {"conflict.import_running"}
    assert again(row).state == "done"


def test_cancelled_from_elsewhere_it_stops(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="was canceled"):
        by_command(
            cast,
            tmp_path,
            lambda course: uploads.cancel(cast.site, course.public_id, by=cast.olga),
        )
    row = the_import()
    assert row.state == "cancelled" and 8 <= row.seen == many() < 25
    assert undoing.undo_now(cast.site, row.public_id).gone == row.seen


@pytest.mark.parametrize(
    ("error", "state", "key"),
    [
        (Died(), "cancelled", None),  # as Ctrl-C does
        (OSError("gone"), "failed", "unavailable.import_died"),
        (Conflict("conflict.import_met"), "failed", "conflict.import_met"),
    ],
)
def test_it_says_how_it_ended(
    cast: Cast, tmp_path: Path, error: BaseException, state: str, key: str | None
) -> None:
    def end(course: Recorded) -> None:
        raise error

    with pytest.raises(type(error)):
        by_command(cast, tmp_path, end)
    row = the_import()
    assert row.state == state and 8 <= row.seen == many() < 25
    assert (row.error or {}).get("key") == key
    assert undoing.can_undo(row)


def test_a_dead_one_is_running_until_it_was_silent_for_minutes(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = died(cast, tmp_path, monkeypatch)
    assert (row.state, row.standing) == ("running", "running")
    with pytest.raises(Conflict):
        undoing.start(cast.site, row.public_id, by=cast.olga)
    later = clock.now() + SILENT + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (row.state, row.standing) == ("running", "failed")
    assert undoing.facts(row)["state"] == "failed"
    here = many()
    assert undoing.undo_now(cast.site, row.public_id).gone == here > 0


def test_one_that_was_killed_on_this_machine_is_repeated_at_once(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = died(cast, tmp_path, monkeypatch, here=True)
    row = by_command(cast, tmp_path)
    assert (row.state, many()) == ("done", 25) and again(dead).state == "failed"


def test_a_dead_one_does_not_stand_in_the_way(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = died(cast, tmp_path, monkeypatch)
    later = clock.now() + SILENT + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    here, row = many(), tried(cast)
    assert row.report["taken"]["comments_known"] == here > 0
    uploads.start(cast.site, row.public_id, by=cast.olga)
    jobs.run_due()
    assert again(row).state == "done" and many() == 25
    assert again(dead).state == "failed" and again(dead).error["key"] == "unavailable.import_died"


def test_one_that_was_only_held_up_stops_when_it_was_ended_meanwhile(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped by a debugger or a sleeping laptop: it must not add to what was undone."""
    now = clock.now

    def meanwhile(course: Recorded) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(clock, "now", lambda: now() + SILENT * 2)
            undoing.undo_now(cast.site, course.public_id)

    with pytest.raises(Conflict, match="was canceled"):
        by_command(cast, tmp_path, meanwhile)
    assert the_import().state == "undone" and many() == 0


def test_the_periodic_job_ends_the_dead_and_no_living(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = died(cast, tmp_path, monkeypatch)
    with unit_of_work():  # a long one
        long_ago = clock.now() - timedelta(days=2)
        db.session.execute(update(Import).values(started_at=long_ago))
    uploads.forget_uploads()
    assert again(row).state == "running"
    later = clock.now() + SILENT + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    uploads.forget_uploads()
    assert again(row).state == "failed"


def test_whoever_is_second_at_the_same_moment_reads_words(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check saw nothing, and the database refuses the row."""
    row = tried(cast)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    monkeypatch.setattr("commentsvc.exchange.uploads.recording.require_none", lambda site_id: None)
    with pytest.raises(Conflict, match="already being imported"):
        by_command(cast, tmp_path)
    assert many() == 0


def test_rows_that_others_write_again_and_again(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(self: Any, records: Any) -> None:
        raise commands.IntegrityError("insert", {}, Exception("unique"))

    monkeypatch.setattr(commands._Run, "_store", taken)
    with pytest.raises(Conflict, match="changed at the same time"):
        by_command(cast, tmp_path)
    assert many() == 0 and not db.session.scalars(select(Import)).all()
