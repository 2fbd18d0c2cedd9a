"""Tables as other programs write them: separators, long cells, texts of another encoding."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.exchange.reading import result

if TYPE_CHECKING:
    from pathlib import Path

ROWS = (
    ("thread_url", "author_name", "created_at", "text"),
    ("https://b.example/a", "Zoë", "2020-01-02", "naïve, “quotes”; and more"),
    ("https://b.example/a", "Bo", "2020-01-03", "two\nlines"),
)


def table(separator: str = ",", end: str = "\r\n") -> str:
    return end.join(separator.join(f'"{cell}"' for cell in row) for row in ROWS)


@pytest.mark.parametrize(
    "content",
    [
        table().encode(),
        table(";").encode("utf-8-sig"),
        table("\t").encode("utf-16"),
        ("sep=;\r\n" + table(";")).encode(),
        table(";", "\r").encode(),
        table(";").encode("cp1252"),
    ],
)
def test_it_works(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    found = result(path)
    assert [each.text for each in found.comments.values()] == [row[3] for row in ROWS[1:]]
    assert [each.author.name for each in found.comments.values()] == ["Zoë", "Bo"]


def test_a_long_cell_refuses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(table() + '\r\n"https://b.example/a","C","2020-01-04","' + "x" * 300_000 + '"')
    found = result(path)
    assert not found.broken and len(found.comments) == 3


@pytest.mark.parametrize(
    ("value", "kept", "counts"),
    [
        ("x'6ee97676'", "névv", {"foreign_bytes": 1}),
        ("cast(x'6ee97676' as text)", "névv", {"foreign_bytes": 1}),
        ("cast(x'6e03eda0bd76' as text)", "nv", {"forbidden_characters": 2}),
        ("cast('fine' as blob)", "fine", {}),
    ],
)
def test_texts_of_a_database(tmp_path: Path, value: str, kept: str, counts: dict) -> None:
    path = tmp_path / "comments.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE threads (id INTEGER PRIMARY KEY, uri TEXT, title TEXT)")
        db.execute("CREATE TABLE comments (id INTEGER PRIMARY KEY, tid, created, mode, text)")
        db.execute("INSERT INTO threads VALUES (1, '/a', 'A')")
        db.execute(f"INSERT INTO comments VALUES (1, 1, 1500000000, 1, {value})")
        db.commit()
    found = result(path)
    assert found.comments["1"].text == kept
    named = ("forbidden_characters", "foreign_bytes")
    assert {name: found.counts[name] for name in named if found.counts.get(name)} == counts
