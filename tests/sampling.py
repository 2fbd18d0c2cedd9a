"""Which tests are a sample: `make test` runs them, and `make sweeps`, as CI does too, the others.

Driving a browser costs ten times as much as another test, and PostgreSQL runs what SQLite has run
already: of such tests, a file's first ones are the sample.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: How many tests of a file drive a browser in `make test`, each with all its cases, and how many
#: run on PostgreSQL, each with its first case. Where a file needs another number, it says so:
#: `pytest.mark.browser(sample=…)`, `pytest.mark.engines(sample=…)`.
SAMPLE = 2


def mark_sweeps(items: Iterable[pytest.Item]) -> None:
    """Mark as `sweep` what is no drill and comes after the sample. Items are in their files' order."""
    seen: defaultdict[tuple[Path, str], dict[str, int]] = defaultdict(dict)
    for item in items:
        kind = "engines" if _on_postgres(item) else "browser"
        marker = item.get_closest_marker(kind)
        if (marker is None and kind == "browser") or _has_its_own_target(item):
            continue
        tests, name = seen[item.path, kind], item.name.split("[")[0]
        another_case = kind == "engines" and name in tests
        place = tests.setdefault(name, len(tests))
        if another_case or place >= (marker.kwargs.get("sample", SAMPLE) if marker else SAMPLE):
            item.add_marker(pytest.mark.sweep)


def _on_postgres(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    return called is not None and called.params.get("database_url") == "postgres"


def _has_its_own_target(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("drill", "detoxify"))
