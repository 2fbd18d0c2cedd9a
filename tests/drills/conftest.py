"""Drills run the real server in processes of its own and break something. Each has a short form in
`make test` and a long one, marked `drill`, in `make drills`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.drills import figures
from tests.live import House, house


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """An installation on SQLite with a site, nothing running yet."""
    with house(tmp_path) as made:
        made.set_up(hold_repeats=False, flood_count=1000)
        yield made


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of figures, above pytest's closing line."""
    lines = figures.table()
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
