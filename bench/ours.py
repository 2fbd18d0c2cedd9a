"""Our server for benchmarks: `commentsvc run` on a filled database."""

from __future__ import annotations

import gc
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from commentsvc.app import create_app
from commentsvc.core.db import Base, db
from commentsvc.server import upgrade
from commentsvc.settings import Settings
from commentsvc.toxicity.scorer import scorer

from . import corpus
from .tools import WORK, free_port, running

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

#: Named limits are off, because a load generator is one network.
LIMITS = ";".join(
    f"{name}=off"
    for name in ("read", "post", "guest_posts", "like", "flag", "score", "moderate", "sign_in")
)


def settings(folder: Path, database_url: str = "") -> Settings:
    """The settings of the server and of measurements in this process."""
    return Settings(
        data_dir=folder,
        database_url=database_url,
        secret_key="a key for benchmarks, 32 characters",
        limits=LIMITS,
        log_level="WARNING",
    ).checked()


def filled(folder: Path, sizes: tuple[int, ...] = corpus.SIZES, database_url: str = "") -> Flask:
    """An app on a database with the corpus in it."""
    given = settings(folder, database_url)
    app = create_app(given)
    upgrade(app, given)
    corpus.fill(app, sizes)
    with app.app_context():
        if database_url:
            go_on_counting()
            analyze()
        scorer().score(["Loads the model."])
    settle()
    return app


def settle() -> None:
    """Keep the garbage collector from scanning what stays, as the server does when it has started."""
    gc.collect()
    gc.freeze()


def go_on_counting() -> None:
    """Set PostgreSQL's sequences after the corpus's own IDs."""
    with db.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if "id" in table.c:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'),"
                    f' (SELECT max(id) FROM "{table.name}")) WHERE EXISTS'
                    f' (SELECT 1 FROM "{table.name}")'
                )


def analyze() -> None:
    """Vacuum and analyze on PostgreSQL, as it does on its own within minutes: until then it plans
    without statistics, and pages take several times as long."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


@contextmanager
def data(name: str) -> Iterator[Path]:
    """A folder on the disk for one benchmark."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(folder: Path, **more: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`commentsvc run` on that folder: (port, process)."""
    given, port = settings(folder), free_port()
    environ = {
        "DATA_DIR": str(folder),
        "SECRET_KEY": given.secret_key,
        "LIMITS": given.limits,
        "LOG_LEVEL": "WARNING",
        # as in an installation, modules are compiled only once
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(WORK / "compiled"),
        **more,
    }
    command = [sys.executable, "-m", "commentsvc", "run", "--port", str(port)]
    with running(command, port, "/readyz", environ=environ) as child:
        yield port, child
