"""Importing a file, a backup while the server runs, and restoring it.

python -m bench.carrying FOLDER URL FILE imports in a separate process, whose memory is measured.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commentsvc.app import create_app
from commentsvc.core import clock
from commentsvc.core.db import db, is_sqlite
from commentsvc.exchange.formats import read
from commentsvc.exchange.formats.spreadsheet import COLUMNS
from commentsvc.exchange.importing.commands import import_comments
from commentsvc.sites.commands import add_site

from . import copies, corpus, ours
from .reads import own_database
from .tools import ROOT, ask, get, percentile, rss_mb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .million import House
    from .tools import Figures

_OF_A_THREAD = 50
_PAUSE = 0.02  # seconds between the requests of one reader or writer during a backup


def run(figures: Figures, area: str, house: House, folder: Path) -> None:
    """Import a file with a twentieth of the existing comments, then back up everything and
    restore it elsewhere."""
    file, count = folder / "comments.csv", max(500, house.size.comments // 20)
    write_file(file, count)
    _import(figures, area, house, file, count)
    with house.app.app_context():
        weight = _bytes() / (house.size.comments + count)
        db.engine.dispose()
    figures.add(area, "database, for each comment", weight / 1000, "KB")
    _backup_and_restore(figures, area, house, folder)


def _bytes() -> int:
    if is_sqlite():
        db.session.execute(db.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return Path(str(db.engine.url.database)).stat().st_size
    return int(db.session.scalar(db.text("SELECT pg_database_size(current_database())")) or 0)


# --- import --------------------------------------------------------------------------------------


def write_file(file: Path, count: int) -> None:
    """A CSV file of `count` comments by a fifth as many people; two in five are replies."""
    chance, began = random.Random(5), clock.now() - timedelta(days=400)
    with file.open("w", newline="") as out:
        rows = csv.DictWriter(out, COLUMNS, restval="")
        rows.writeheader()
        for number in range(count):
            thread, place = divmod(number, _OF_A_THREAD)
            person = chance.randrange(count // 5)
            answers = place > 0 and chance.random() < 0.4
            rows.writerow({
                "thread_id": thread, "thread_url": f"{corpus.ORIGIN}/imported/{thread}",
                "thread_title": f"Imported article {thread}", "source": "elsewhere",
                "comment_id": number, "created_at": (began + timedelta(minutes=number)).isoformat(),
                "parent_id": thread * _OF_A_THREAD + chance.randrange(place) if answers else "",
                "status": "published", "author_name": f"Writer {person}", "author_id": person,
                "likes": chance.randrange(4), "text": corpus.words(chance, chance.randint(60, 420)),
            })  # fmt: skip


def bring_in(file: Path) -> dict[str, float]:
    """Import the file into a new site: count and seconds, memory after a quarter and at the end."""
    site = add_site(name="Imported", key="imported", origins=[corpus.ORIGIN])
    seen: dict[str, float] = {}

    def look(done: int, of: int) -> None:
        if done * 4 >= of:
            seen.setdefault("quarter", rss_mb(os.getpid()))

    began = time.monotonic()
    with read(file, None, now=clock.now()) as reading:
        report = import_comments(site, reading, progress=look)
    spent = time.monotonic() - began
    return {**seen, "end": rss_mb(os.getpid()), "count": report.taken["comments"], "seconds": spent}


def _import(figures: Figures, area: str, house: House, file: Path, count: int) -> None:
    command = [sys.executable, "-m", "bench.carrying", str(house.folder), house.url, str(file)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found = json.loads(done.stdout)
    assert found["count"] == count, found
    rate, grown = count / found["seconds"], found["end"] / found["quarter"]
    figures.add(area, f"import of {count:,}, comments a second", rate, "1/s",
                wanted=">= 2000", ok=rate >= 2000)  # fmt: skip
    figures.add(area, "… memory at the end", found["end"], "MB")
    figures.add(
        area, "… over the memory after a quarter", grown, "x", wanted="<= 1.1", ok=grown <= 1.1
    )


# --- backup and restore --------------------------------------------------------------------------


def _backup_and_restore(figures: Figures, area: str, house: House, folder: Path) -> None:
    archive = folder / "backup.zip"
    with ours.server(house.folder, DATABASE_URL=house.url) as (port, _), traffic(port) as seen:
        time.sleep(0.5)
        before, began = list(seen.posted), time.monotonic()
        saved = _command(house.folder, house.url, "backup", str(archive), "--json")
        spent = time.monotonic() - began
    figures.add(area, "backup while the server runs", spent, "s")
    figures.add(area, "… size", archive.stat().st_size / 1e6, "MB")
    figures.add(area, "… posts meanwhile, p99", percentile(seen.seconds, 0.99) * 1000, "ms")
    figures.add(area, "… errors", seen.errors, "", wanted="0", ok=seen.errors == 0)
    url = own_database("restored") if house.url else ""
    (folder / "restored").mkdir()
    began = time.monotonic()
    restored = _command(folder / "restored", url, "restore", str(archive), "--json")
    figures.add(area, "restore, with every row verified", time.monotonic() - began, "s")
    same = (saved["rows"], saved["digest"]) == (restored["rows"], restored["digest"])
    lost = len(set(before) - set(_found(folder / "restored", url, before)))
    figures.add(area, "… rows", restored["rows"], "", wanted="the same", ok=same)
    figures.add(area, "… lost posts", lost, "", wanted="0", ok=lost == 0)


def _command(folder: Path, url: str, *arguments: str) -> dict[str, Any]:
    given = ours.settings(folder, url)
    environ = {"DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": given.secret_key}
    command = [sys.executable, "-m", "commentsvc", *arguments]
    done = subprocess.run(command, env={**os.environ, **environ, "LOG_LEVEL": "WARNING"}, cwd=ROOT,
                          check=True, stdout=subprocess.PIPE)  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _found(folder: Path, url: str, ids: list[str]) -> list[str]:
    from commentsvc.threads.models import Comment

    with create_app(ours.settings(folder, url)).app_context():
        query = db.select(Comment.public_id).where(Comment.public_id.in_(ids))
        found = list(db.session.scalars(query))
        db.session.remove()
        db.engine.dispose()
    return found


@dataclass
class Seen:
    """Results of the readers and writers during a backup."""

    posted: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: int = 0


@contextmanager
def traffic(port: int) -> Iterator[Seen]:
    """Run one reader and one writer until the block ends. Yields their results."""
    seen, stop = Seen(), threading.Event()

    def write() -> None:
        while not stop.wait(_PAUSE):
            said = f"Written during the backup, number {len(seen.seconds)} of a long evening."
            body = {"site": corpus.KEY, "href": copies.href(2), "text": said, "name": "Ann"}
            began = time.monotonic()
            status, answer = ask(port, "POST", "/api/v1/comments", body)
            seen.seconds.append(time.monotonic() - began)
            if status == 201:
                seen.posted.append(answer["id"])
            else:
                seen.errors += 1

    def look() -> None:
        path = f"/embed/thread?site={corpus.KEY}&href={copies.href(0)}"
        while not stop.wait(_PAUSE):
            seen.errors += get(port, path)[0] != 200

    both = [threading.Thread(target=each, daemon=True) for each in (write, look)]
    for each in both:
        each.start()
    try:
        yield seen
    finally:
        stop.set()
        for each in both:
            each.join()


def main() -> None:
    """Import, in a separate process."""
    folder, url, file = sys.argv[1:]
    with create_app(ours.settings(Path(folder), url)).app_context():
        print(json.dumps(bring_in(Path(file))))


if __name__ == "__main__":
    main()
