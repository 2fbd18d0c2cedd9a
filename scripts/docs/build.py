"""Build the documentation as a site: `python scripts/docs/build.py [FOLDER]`, by default into
build/docs. Fails on broken links and anchors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
#: The first page is README.html, so that links between pages are the same as in the repository.
_FIRST = (
    '<!doctype html><meta charset="utf-8"><title>commentsvc</title>'
    '<meta http-equiv="refresh" content="0; url=README.html">\n'
)


def main(folder: Path) -> int:
    """0 if everything is built."""
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"]
    state = folder.with_name(f"{folder.name}-state")
    done = subprocess.run([*command, "-c", HERE, "-d", state, ROOT, folder], check=False).returncode
    if not done:
        (folder / "index.html").write_text(_FIRST, "utf-8")
        print(f"Open {folder}/index.html")
    return done


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "build" / "docs"))
