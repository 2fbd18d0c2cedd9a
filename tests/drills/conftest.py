"""Drills run the real server in processes of its own and break something. Each has a short form in
`make test` and a long one, marked `drill`, in `make drills`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from shutil import copytree
from typing import TYPE_CHECKING, Any

import pytest

from tests.drills import figures
from tests.live import House, house

if TYPE_CHECKING:
    from pathlib import Path

Copied = Callable[..., AbstractContextManager[House]]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation on SQLite with its owner and site, which drills get a copy of."""
    with house(tmp_path_factory.mktemp("prepared")) as made:
        made.set_up(hold_repeats=False, flood_count=1000)
        return made


@pytest.fixture
def copied(prepared: House, tmp_path: Path) -> Copied:
    """`with copied(REDIS_URL=…) as home`: an installation of one's own, nothing running yet."""

    @contextmanager
    def make(folder: Path = tmp_path, **environ: str) -> Iterator[House]:
        with house(folder, **environ) as made:
            copytree(prepared.environ["DATA_DIR"], made.environ["DATA_DIR"])
            made.key = prepared.key
            yield made

    return make


@pytest.fixture
def home(copied: Copied) -> Iterator[House]:
    """An installation on SQLite with a site, nothing running yet."""
    with copied() as made:
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Drills are the longest tests: begun first, they leave no worker idle at the end."""
    items.sort(key=lambda item: "drills" not in item.path.parts)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of figures, above pytest's closing line."""
    lines = figures.table()
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
