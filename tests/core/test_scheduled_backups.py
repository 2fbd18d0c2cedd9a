"""Scheduled backups: when one is due, that it is whole before an older one goes, and what stays."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock, jobs
from commentsvc.core.backups import archive, scheduled
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid
from commentsvc.core.jobs import Job
from commentsvc.dashboard.desk import health as desk_health
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.people import Cast


@pytest.fixture
def daily(app: Flask, tmp_path: Path) -> Iterator[scheduled.Plan]:
    """A backup a day, of which two are kept."""
    before = scheduled.plan()
    yield scheduled.plan.install(app, scheduled.Plan(tmp_path / "backups", hours=24, keep=2))
    scheduled.plan.install(app, before)


def look() -> None:
    """What a worker does every ten minutes."""
    scheduled.ask_if_due()
    jobs.run_due()


@pytest.mark.engines
def test_it_works(cast: Cast, daily: scheduled.Plan) -> None:
    post(cast.site, "What a fine bridge.", user=cast.rita)
    moment = clock.now().replace(microsecond=0)
    for hours in (0, 12, 24, 24.1, 48):
        with clock.frozen(moment + timedelta(hours=hours)):
            look()
    names = [each.name for each in scheduled.saved(daily.folder)]
    assert names == [
        f"commentsvc-{moment + timedelta(hours=hours):%Y%m%dT%H%M%SZ}.zip" for hours in (48, 24)
    ]
    manifest = archive.check(daily.folder / names[0])
    assert manifest.tables["comment"]["rows"] == 1
    assert {each.stat().st_mode & 0o077 for each in (daily.folder, *daily.folder.iterdir())} == {0}
    with clock.frozen(moment + timedelta(hours=48)):
        assert scheduled.last_at() == clock.now()


def test_nothing_is_saved_where_nobody_asked(cast: Cast, app: Flask, daily: scheduled.Plan) -> None:
    scheduled.plan.install(app, replace(daily, hours=0))
    look()
    assert not daily.folder.exists() and scheduled.last_at() is None


def test_one_at_work_is_enough(cast: Cast, daily: scheduled.Plan) -> None:
    """Workers of other machines look as well."""
    for _ in range(3):
        scheduled.ask_if_due()
    assert len(db.session.scalars(select(Job.id).where(Job.name == "save_backup")).all()) == 1


def test_other_files_are_never_deleted(cast: Cast, daily: scheduled.Plan) -> None:
    daily.folder.mkdir()
    mine = ["comments-2026-01-01.zip", "commentsvc-20200101T000000Z.zip.gpg", "notes.txt"]
    for name in mine:
        (daily.folder / name).write_text("mine")
    (daily.folder / "commentsvc-20200101T000000Z.zip").write_text("an old one")
    moment = clock.now()
    for days in range(3):
        with clock.frozen(moment + timedelta(days=days)):
            look()
    left = {each.name for each in daily.folder.iterdir()}
    assert left == {*mine, *(each.name for each in scheduled.saved(daily.folder))}
    assert len(left) == len(mine) + 2


def test_a_backup_that_cannot_be_read_again_deletes_nothing(
    cast: Cast, daily: scheduled.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now()
    for days in range(2):
        with clock.frozen(moment + timedelta(days=days)):
            look()
    older = scheduled.saved(daily.folder)
    whole = archive.write

    def damaged(engine, target, **rest):
        made = whole(engine, target, **rest)
        with zipfile.ZipFile(target) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        with zipfile.ZipFile(target, "w") as changed:
            for name, body in parts.items():
                changed.writestr(name, body.replace(b"harbour", b"harb0ur"))
        return made

    monkeypatch.setattr(archive, "write", damaged)
    with clock.frozen(moment + timedelta(days=2)):
        look()
    assert set(older) <= set(scheduled.saved(daily.folder))
    job = db.session.scalar(select(Job).where(Job.name == "save_backup").order_by(Job.id.desc()))
    assert job is not None and job.state == "waiting" and "Invalid" in (job.last_error or "")
    with clock.frozen(moment + timedelta(days=2)):
        assert scheduled.last_at() == moment + timedelta(days=1)
    with pytest.raises(Invalid, match=r"damaged|rows"):
        archive.check(scheduled.saved(daily.folder)[0])


def test_metrics_say_how_old_it_is(client, cast: Cast, daily: scheduled.Plan) -> None:
    assert "commentsvc_backup_age_seconds +Inf" in client.get("/metrics").text
    look()
    with clock.frozen(clock.now() + timedelta(hours=30)):
        said = client.get("/metrics").text
    age = float(said.split("\ncommentsvc_backup_age_seconds ")[1].split("\n")[0])
    assert 30 * 3600 - 60 < age < 30 * 3600 + 60


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args, **rest):
        raise OSError(28, "No space left on device", "/srv/secret/backups")

    monkeypatch.setattr(archive, "write", full)


def alarms(cast: Cast, app: Flask) -> list[str]:
    with app.test_request_context("/"):
        return [each.text for each in desk_health.alarms([cast.site], "en")]


def test_it_is_told_when_they_fail_or_are_late(
    cast: Cast, app: Flask, daily: scheduled.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now()
    begun = scheduled.standing()
    assert begun is not None and begun.is_well and begun.last is None, "a new installation"
    with clock.frozen(moment + timedelta(hours=25)):
        assert scheduled.standing().overdue
        assert any("No good backup is on record" in each for each in alarms(cast, app))
    look()
    assert scheduled.standing().is_well
    assert not [each for each in alarms(cast, app) if "ackup" in each]
    with clock.frozen(moment + timedelta(hours=47)):
        assert scheduled.standing().is_well
    with clock.frozen(moment + timedelta(hours=49)):  # no worker looks
        found = scheduled.standing()
        assert found is not None and found.overdue and found.error is None and found.last
        assert any("Last good backup: " in each for each in alarms(cast, app))
    broken(monkeypatch)
    with clock.frozen(moment + timedelta(hours=24, minutes=5)):
        look()
        found = scheduled.standing()
        assert found is not None and not found.overdue and not found.is_well
        assert "No space left" in (found.error or "")
        assert any("Last good backup: " in each for each in alarms(cast, app))
    monkeypatch.undo()
    with clock.frozen(moment + timedelta(hours=25)):
        jobs.run_due()
        assert scheduled.standing().is_well


@pytest.mark.engines
def test_a_week_between_two_is_not_too_long(cast: Cast, app: Flask, daily: scheduled.Plan) -> None:
    """Finished jobs are forgotten after seven days, but the last backup is remembered."""
    scheduled.plan.install(app, replace(daily, hours=168))
    moment = clock.now()
    for days in (0, 7):
        with clock.frozen(moment + timedelta(days=days)):
            look()
    for hours, is_well in ((21 * 24 - 1, True), (21 * 24 + 1, False)):
        with clock.frozen(moment + timedelta(hours=hours)):
            jobs.PERIODIC["forget_done_jobs"][1]()
            found = scheduled.standing()
            assert found.is_well is is_well and found.last == moment + timedelta(days=7)
    assert len(db.session.scalars(select(Job.id).where(Job.name == "save_backup")).all()) == 1


def test_one_that_failed_for_good_is_told_until_the_next_good_one(
    cast: Cast, daily: scheduled.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now()
    monkeypatch.setattr(jobs, "MAX_ATTEMPTS", 1)
    with monkeypatch.context() as patched:
        broken(patched)
        with clock.frozen(moment):
            look()
            assert db.session.scalars(select(Job.state).where(Job.name == "save_backup")).all() == [
                "parked"
            ]
            assert scheduled.standing().error
    with clock.frozen(moment + timedelta(hours=24)):
        look()
        assert scheduled.standing().is_well


def test_without_a_schedule_there_is_nothing_to_say(
    cast: Cast, app: Flask, daily: scheduled.Plan
) -> None:
    scheduled.plan.install(app, replace(daily, hours=0))
    assert scheduled.standing() is None
    assert not [each for each in alarms(cast, app) if "ackup" in each]


def test_a_backup_from_when_the_clock_was_wrong_stands_in_no_way(
    cast: Cast, daily: scheduled.Plan
) -> None:
    moment = clock.now()
    with clock.frozen(moment + timedelta(days=3650)):
        look()
    assert scheduled.last_at() is None
    look()
    assert scheduled.last_at() is not None and len(scheduled.saved(daily.folder)) == 2
