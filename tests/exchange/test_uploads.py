"""Imports of uploaded files: kept, started once, continued where they were cut off, cancelled, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest
from sqlalchemy import func, select, update

from commentsvc.accounts.models import StaffAct
from commentsvc.core import clock, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict, NotAllowed, NotFound
from commentsvc.exchange.exporting.commands import export_site
from commentsvc.exchange.importing import commands
from commentsvc.exchange.uploads import commands as uploads
from commentsvc.exchange.uploads import kept
from commentsvc.exchange.uploads.models import Import
from commentsvc.settings import settings
from commentsvc.sites.commands import set_role
from commentsvc.threads import merging
from commentsvc.threads.commands import find_thread
from commentsvc.threads.models import Comment, Thread
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines
MANY = 25


def lines(many: int = MANY) -> bytes:
    rows = [f"https://news.example.org/{n % 3},Ann {n},Words {n}" for n in range(many)]
    return "\n".join(["thread_url,author,text", *rows]).encode()


def tried(cast: Cast, data: bytes | None = None, **more: Any) -> Import:
    def save(out: BinaryIO) -> None:
        out.write(lines() if data is None else data)

    options = uploads.Options(**more)
    return uploads.try_file(cast.site, save, options, name="a.csv", by=cast.olga)


def many() -> int:
    return db.session.scalar(select(func.count(Comment.id))) or 0


def files() -> list[Path]:
    folder = settings().data_dir / "uploads"
    return list(folder.iterdir()) if folder.is_dir() else []


def again(row: Import) -> Import:
    return db.session.get_one(Import, row.id, populate_existing=True)


@pytest.fixture(autouse=True)
def _empty(app: Flask) -> None:
    """The folder outlives a test."""
    for path in files():
        path.unlink()


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "UNIT", 4)


class Died(BaseException):
    """What ends a worker."""


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[Import, int], None]:
    """Begin an import with a worker that ends after so many units."""

    def begin(row: Import, units: int) -> None:
        left = [units]

        def pause() -> None:
            left[0] -= 1
            if not left[0]:
                raise Died

        with monkeypatch.context() as patched:
            patched.setattr(uploads, "_let_others_write", pause)
            with pytest.raises(Died):
                uploads.import_upload(row.id)
        db.session.rollback()

    return begin


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    row = tried(cast)
    assert (row.state, row.total, many()) == ("tried", MANY, 0)
    path = files()[0]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    uploads.start(cast.site, row.public_id, by=cast.olga)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    assert uploads.latest(cast.site).state == "waiting"
    work()
    row = again(row)
    assert (row.state, row.seen, many(), files()) == ("done", MANY, MANY, [])
    assert row.report["taken"]["comments"] == MANY and not row.report["dry_run"]
    acts = db.session.scalars(select(StaffAct).where(StaffAct.kind == "imported")).all()
    assert [each.data["comments"] for each in acts] == [MANY]


def test_a_new_try_forgets_the_last_one(cast: Cast) -> None:
    first = tried(cast)
    name = first.public_id
    tried(cast)
    assert len(files()) == 1
    with pytest.raises(NotFound):
        uploads.start(cast.site, name, by=cast.olga)


def test_what_is_refused_is_not_kept(cast: Cast) -> None:
    with pytest.raises(Exception, match="format"):
        tried(cast, b"<a>")
    assert files() == []


def test_only_owners_and_only_their_own(cast: Cast) -> None:
    row = tried(cast)
    for who in (cast.mona, cast.max):
        with pytest.raises(NotAllowed):
            uploads.start(cast.site, row.public_id, by=who)
        with pytest.raises(NotAllowed):
            uploads.cancel(cast.site, row.public_id, by=who)
    for command in (uploads.start, uploads.cancel):
        with pytest.raises(NotFound):
            command(cast.other, row.public_id, by=cast.max)
    assert again(row).state == "tried" and len(files()) == 1


def test_one_at_a_time(cast: Cast, work: Callable[[], int]) -> None:
    row = tried(cast)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    with pytest.raises(Conflict):
        tried(cast)
    assert len(files()) == 1
    with pytest.raises(Exception, match=r"(?i)unique"), unit_of_work():  # whoever is faster
        columns = {c.key: getattr(row, c.key) for c in Import.__table__.columns}
        columns |= {"id": None, "public_id": "another"}
        db.session.add(Import(**columns))
    work()
    assert tried(cast).report["taken"]["comments_known"] == MANY


@pytest.mark.parametrize("units", [1, 3, 7])
def test_it_goes_on_where_a_worker_died(
    cast: Cast, small_units: None, cut_off: Callable[[Import, int], None], units: int
) -> None:
    row = tried(cast)
    whole = row.report["taken"] | {"threads": 3}
    uploads.start(cast.site, row.public_id, by=cast.olga)
    cut_off(row, units)
    half = again(row)
    assert half.state == "running" and 0 < half.seen <= MANY and half.seen == many()
    uploads.import_upload(row.id)
    row = again(row)
    assert (row.state, row.seen, many()) == ("done", MANY, MANY)
    assert row.report["taken"] == whole


def test_a_worker_that_was_taken_for_dead_stops(
    cast: Cast, small_units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = tried(cast)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    pauses: list[int] = []

    def pause() -> None:
        pauses.append(many())
        if len(pauses) == 2:
            uploads.import_upload(row.id)  # the next one takes it up, and does all of it

    monkeypatch.setattr(uploads, "_let_others_write", pause)
    uploads.import_upload(row.id)
    row = again(row)
    assert (row.state, row.runs, many()) == ("done", 2, MANY)
    assert row.report["taken"]["comments"] == MANY


def test_cancelled_it_stops_and_what_is_there_stays(
    cast: Cast, small_units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = tried(cast)
    uploads.start(cast.site, row.public_id, by=cast.olga)

    def pause() -> None:
        if many() >= 8:
            uploads.cancel(cast.site, row.public_id, by=cast.olga)

    monkeypatch.setattr(uploads, "_let_others_write", pause)
    uploads.import_upload(row.id)
    row = again(row)
    assert row.state == "cancelled" and 8 <= many() == row.seen < MANY and files() == []
    assert row.report["taken"]["comments"] == row.seen
    acts = db.session.scalars(select(StaffAct).where(StaffAct.kind == "imported")).all()
    assert [each.data["comments"] for each in acts] == [row.seen]


def test_a_try_can_be_discarded(cast: Cast) -> None:
    row = tried(cast)
    assert uploads.cancel(cast.site, row.public_id, by=cast.olga) is None
    assert files() == [] and uploads.latest(cast.site) is None


def test_who_lost_the_role_or_the_account_imports_nothing(
    cast: Cast, work: Callable[[], int]
) -> None:
    row = tried(cast)
    set_role(cast.site, cast.max, "owner", by=cast.olga)
    uploads.start(cast.site, row.public_id, by=cast.max)
    set_role(cast.site, cast.max, None, by=cast.olga)
    work()
    assert again(row).state == "failed" and again(row).error["key"] == "may_not_manage_site"
    row = tried(cast)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    with unit_of_work():
        db.session.execute(update(Import).where(Import.id == row.id).values(by_id=None))
    work()
    assert again(row).state == "failed" and many() == 0 and files() == []


def test_a_file_that_is_gone_ends_it_in_words(cast: Cast, work: Callable[[], int]) -> None:
    row = tried(cast)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    files()[0].unlink()
    work()
    assert again(row).error["key"] == "not_found.kept_file"
    assert db.session.scalars(select(jobs.Job.state)).all() == ["done"]
    with pytest.raises(NotFound):
        row = tried(cast)
        files()[0].unlink()
        uploads.start(cast.site, row.public_id, by=cast.olga)


def test_what_ends_every_worker_is_given_up(
    cast: Cast, small_units: None, cut_off: Callable[[Import, int], None]
) -> None:
    row = tried(cast)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    for _ in range(uploads.MOST_RUNS):
        cut_off(row, 1)
    uploads.import_upload(row.id)
    assert again(row).state == "failed" and again(row).error["key"] == "unavailable.import"


def test_after_a_day_the_file_goes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = tried(cast)
    lost = kept.keep(lambda out: out.write(b"nobody's") and None)
    uploads.forget_uploads()
    assert len(files()) == 2 and uploads.latest(cast.site) is not None
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    uploads.forget_uploads()
    assert files() == [] and uploads.latest(cast.site) is None
    row = tried(cast)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    later += timedelta(hours=25)
    uploads.forget_uploads()
    assert again(row).state == "failed" and lost not in [each.name for each in files()]


def test_merged_conversations_survive_an_interruption(
    cast: Cast, small_units: None, cut_off: Callable[[Import, int], None], tmp_path: Path
) -> None:
    """What an own export says at its end refers to what was stored before the interruption."""
    pages = [f"https://news.example.org/{name}" for name in "ab"]
    for href in pages * 5:
        post(cast.site, href=href)
    one, other = (find_thread(cast.site, href) for href in pages)
    merging.merge(one, other, by=cast.olga)
    with (tmp_path / "own.jsonl").open("w+b") as out:
        export_site(cast.site, "commentsvc", out, by=cast.olga)
        out.seek(0)
        data = out.read()

    def save(out: BinaryIO) -> None:
        out.write(data)

    options = uploads.Options(foreign=True)
    row = uploads.try_file(cast.other, save, options, name="own", by=cast.max)
    uploads.start(cast.other, row.public_id, by=cast.max)
    total = -(-len(data.splitlines()) // 4)
    cut_off(row, total - 2)
    uploads.import_upload(row.id)
    assert again(row).state == "done"
    threads = select(Thread).where(Thread.site_id == cast.other.id)
    merged = [each for each in db.session.scalars(threads) if each.merged_into_id]
    assert len(merged) == 1
    comments = select(Comment).where(Comment.site_id == cast.other.id)
    homes = [each for each in db.session.scalars(comments) if each.home_id == merged[0].id]
    assert len(homes) == 5
