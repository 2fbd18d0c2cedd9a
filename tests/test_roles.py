"""docs/roles.md agrees with commentsvc/sites/permissions.py."""

from __future__ import annotations

import re
from pathlib import Path

from commentsvc.sites.permissions import PERMISSIONS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "roles.md"


def test_it_works() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text("utf-8").partition("## Permissions")[2].splitlines()
        if line.startswith("| ")
    ]
    roles = [re.split(r"\W", name)[0] for name in rows[0][1:]]
    told = {
        row[0].split("`")[1]: {
            role for role, cell in zip(roles, row[1:], strict=True) if cell == "✓"
        }
        for row in rows[1:]
    }
    assert told == {action: set(may) for action, may in PERMISSIONS.items()}
