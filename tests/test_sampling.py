"""`make test` runs a file's first tests of the costly kinds, and `make sweeps` all that come after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.sampling import SAMPLE, mark_sweeps


@dataclass
class Item:
    """What is read of a test that pytest has collected."""

    name: str
    marks: list[Any]
    engine: str = "sqlite"
    path: Path = Path("test_a.py")
    added: list[str] = field(default_factory=list)

    @property
    def callspec(self) -> Any:
        return SimpleNamespace(params={"database_url": self.engine})

    def get_closest_marker(self, name: str) -> Any:
        return next((each.mark for each in self.marks if each.name == name), None)

    def add_marker(self, marker: Any) -> None:
        self.added.append(marker.name)


def sample(items: list[Item]) -> list[str]:
    """The names of those that stay in `make test`."""
    mark_sweeps(items)
    return [each.name for each in items if each.added != ["sweep"]]


NAMES = [f"test_{number}[{case}]" for number in range(SAMPLE + 2) for case in "ab"]


def test_it_works() -> None:
    browser, both = [pytest.mark.browser], [pytest.mark.engines]
    assert sample([Item(each, browser) for each in NAMES]) == NAMES[: 2 * SAMPLE]
    assert sample([Item(each, both, "postgres") for each in NAMES]) == NAMES[: 2 * SAMPLE : 2]
    assert sample([Item(each, [], "postgres") for each in NAMES]) == NAMES[: 2 * SAMPLE : 2]


def test_what_is_cheap_stays() -> None:
    assert sample([Item(each, []) for each in NAMES]) == NAMES
    assert sample([Item(each, [pytest.mark.engines]) for each in NAMES]) == NAMES


def test_each_file_and_engine_has_a_sample_of_its_own() -> None:
    one = [Item(each, [pytest.mark.browser]) for each in NAMES]
    other = [Item(each, [pytest.mark.browser], path=Path("test_b.py")) for each in NAMES]
    assert sample(one + other) == 2 * NAMES[: 2 * SAMPLE]
    both = [Item(each, [], engine) for each in NAMES for engine in ("sqlite", "postgres")]
    assert len(sample(both)) == len(NAMES) + SAMPLE


def test_a_file_may_say_how_many() -> None:
    marks = [pytest.mark.browser(sample=1)]
    assert sample([Item(each, marks) for each in NAMES]) == NAMES[:2]
    marks = [pytest.mark.engines(sample=1)]
    assert sample([Item(each, marks, "postgres") for each in NAMES]) == NAMES[:1]


def test_drills_are_neither_in_it_nor_counted() -> None:
    drills = [Item(each, [pytest.mark.browser, pytest.mark.drill]) for each in NAMES]
    others = [Item(f"{each}, further", [pytest.mark.browser]) for each in NAMES]
    mark_sweeps([*drills, *others])
    assert [each.added for each in drills] == [[]] * len(NAMES)
    assert sum(each.added == [] for each in others) == 2 * SAMPLE
