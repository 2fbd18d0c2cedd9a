"""Write a migration for changes in the models since the last one, by comparing them with a database
built by the existing migrations.

    python scripts/migration.py "what it is for"
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from commentsvc.app import create_app
from commentsvc.core import schema
from commentsvc.core.files import folder
from commentsvc.settings import Settings


def main() -> int:
    """Write the migration, which must be checked before it is committed."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        print('Say what it is for: make migration MESSAGE="…"', file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Settings(data_dir=Path(name)))
        schema.upgrade(app, folder("migrations"), lock_in=Path(name))
        schema.write_migration(app, folder("migrations"), message)
    return 0


if __name__ == "__main__":
    sys.exit(main())
