"""Check our modules of static/ with TypeScript: syntax of all, types of those that say `@ts-check`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from need import NODE_FOLDER, ROOT
from need import main as need

OPTIONS = (
    *("--noEmit", "--allowJs", "--target", "es2022", "--module", "es2022"),
    *("--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable", "--skipLibCheck"),
    *("--strict", "--noImplicitAny", "false"),
)


def main() -> int:
    """0 when nothing is wrong."""
    compiler = NODE_FOLDER / "node_modules" / ".bin" / "tsc"
    if not compiler.exists() and need():
        return 1
    files = sorted(
        str(path.relative_to(ROOT))
        for path in Path(ROOT / "static").rglob("*.js")
        if path.parent.name != "vendor"  # not ours
    )
    return subprocess.run([compiler, *OPTIONS, *files], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
