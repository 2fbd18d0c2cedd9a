"""Format and check our scripts and styles in static/: Biome for both, then TypeScript for the
types, then whether the minified scripts match their sources.

Biome, because one binary from npm replaces Prettier, ESLint and Stylelint with their hundreds of
packages. `fmt` writes the layout and the minified scripts instead of checking them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from scripts import made
from scripts.need import NODE_FOLDER, ROOT
from scripts.need import node_packages as need

BIN = NODE_FOLDER / "node_modules" / ".bin"
OPTIONS = (
    *("--noEmit", "--allowJs", "--target", "es2022", "--module", "es2022"),
    *("--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable", "--skipLibCheck"),
    *("--strict", "--noImplicitAny", "false"),
)


def main(*, fmt: bool) -> int:
    """0 if nothing is wrong."""
    if need():
        return 1
    if fmt:
        failed = _run("biome", "format", "--write")
        made.write()
        return failed
    failed = _run("biome", "check", "--error-on-warnings")
    return _types() or _made() or failed


def _types() -> int:
    files = sorted(
        str(path.relative_to(ROOT))
        for path in Path(ROOT / "static").rglob("*.js")
        if path.parent.name != "vendor"  # not ours
        and not path.is_relative_to(made.FOLDER)
    )
    files.append("integrations/npm/commentsvc.js")
    return _run("tsc", *OPTIONS, *files)


def _made() -> int:
    outdated = made.outdated()
    for name in outdated:
        print(f"static/embed/made/{name} is out of date: run `make fmt`", file=sys.stderr)
    return min(len(outdated), 1)


def _run(tool: str, *arguments: str) -> int:
    return subprocess.run([BIN / tool, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(fmt=sys.argv[1:] == ["fmt"]))
