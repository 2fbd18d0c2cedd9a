"""`commentsvc report` writes a report and verifies it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said


def test_it_works(call: Callable[..., Said], tmp_path: Path) -> None:
    call("user", "add", "olga@example.org", "--name", "Olga", "--admin")
    call("site", "add", "Coral", "--owner", "olga@example.org", "--key", "coral", "--origin",
         "https://coral.example")  # fmt: skip
    folder = tmp_path / "report"
    said = call(
        "report", "write", "--period", "2026", "--provider", "Coral Ltd", "--to", str(folder)
    )
    assert said.code == 0, said.err
    assert len(said.out.splitlines()) == len(list(folder.iterdir())) == 10
    assert "Coral Ltd" in (folder / "1_report_identification.csv").read_text()
    said = call("report", "verify", str(folder))
    assert said.code == 0 and said.out.startswith("Values verified: ")
    part = folder / "4_notices.csv"
    part.write_text(part.read_text().replace("TOTAL,,0", "TOTAL,,1"))
    (folder / "8_automated_means.csv").unlink()
    said = call("report", "verify", str(folder))
    assert said.code == 1
    assert said.err.splitlines() == [
        "4_notices.csv, row 2, Number of notices received: the report says “1”, a new count gives “0”",
        "8_automated_means.csv: missing",
    ]


def test_what_cannot_be_is_said(call: Callable[..., Said], tmp_path: Path) -> None:
    call("user", "add", "olga@example.org", "--name", "Olga", "--admin")
    call("site", "add", "Coral", "--owner", "olga@example.org", "--key", "coral", "--origin",
         "https://coral.example")  # fmt: skip
    said = call("report", "write", "--period", "soon", "--to", str(tmp_path / "report"))
    assert said.code == 1 and "Enter a year" in said.err
    assert not (tmp_path / "report").exists()
    said = call("report", "verify", str(tmp_path))
    assert said.code == 1 and "about.json" in said.err
