"""Firefox and WebKit, each started afresh for a test: nobody is known to it."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from scripts.need import firefox, geckodriver, webkit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.others.driving import Reader

NEEDED: dict[str, dict[str, Callable[[], object]]] = {
    "firefox": {"Firefox": firefox, "geckodriver": geckodriver},
    "webkit": {"WebKit": webkit, "Xvfb": lambda: shutil.which("Xvfb")},
}


@pytest.fixture(params=list(NEEDED))
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    """Start the browser: `start(dark=True)` for somebody whose system is dark."""
    needed = {**NEEDED[request.param], "Selenium": lambda: find_spec("selenium")}
    missing = [name for name, present in needed.items() if not present()]
    if missing:
        pytest.skip(f"{' and '.join(missing)} missing: `make drills` installs what it needs")
    from tests.browser.others.driving import STARTING

    with ExitStack() as stack:
        yield lambda dark=False: stack.enter_context(STARTING[request.param](tmp_path, dark))


@pytest.fixture
def reader(start: Callable[..., Reader]) -> Reader:
    return start()
