"""Sphinx's configuration: the pages of this repository as they are, read with MyST, which is
CommonMark with GitHub's anchors and tables. `make docs` builds them;
docs/decisions/0015-docs-site.md explains why."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

project = "commentsvc"
with (ROOT / "pyproject.toml").open("rb") as _file:
    version = release = tomllib.load(_file)["project"]["version"]
html_title = f"commentsvc {version}"
extensions = ["myst_parser"]
root_doc = "README"
include_patterns = [
    *(
        "*.md",
        "docs/*.md",
        "docs/decisions/*.md",
        "static/embed/README.md",
        "integrations/npm/README.md",
    ),
    "commentsvc/toxicity/model/MODEL_CARD.md",
]
exclude_patterns = [
    *(".*", "**/node_modules", "build", "dist", "instance", "tests", "migrations"),
    *("commentsvc/locales", "commentsvc/templates", "static/dashboard"),
]
myst_heading_anchors = 6  # as on GitHub
suppress_warnings = ["misc.highlighting_failure"]
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
html_theme_options: dict[str, Any] = {"top_of_page_buttons": []}

#: Pages that the README's table does not list.
_MORE = (
    *("static/embed/README", "docs/toxicity"),
    *("commentsvc/toxicity/model/MODEL_CARD", "CHANGELOG", "CONTRIBUTING", "SECURITY"),
    *("docs/house", "docs/writing", "docs/decisions/README", "docs/decisions/0*"),
)


def _contents(text: str) -> str:
    """The sidebar: the README's table of pages, which is the only list of them."""
    rows = re.findall(
        r"^\| ([\w ]+) \| (\[.*\)) \|$", text.split("## Documentation")[1], re.MULTILINE
    )
    parts = []
    for audience, links in rows:
        pages = re.findall(r"\[([^\]]+)\]\(([^)#]+)\.md\)", links)
        lines = "\n".join(f"{title} <{page}>" for title, page in pages)
        parts.append(f"\n```{{toctree}}\n:hidden:\n:caption: For {audience}\n\n{lines}\n```\n")
    more = "\n".join(_MORE)
    parts.append(f"\n```{{toctree}}\n:hidden:\n:caption: More\n:glob:\n\n{more}\n```\n")
    return "".join(parts)


def setup(app: Any) -> None:
    """Add the sidebar to the first page as it is read."""

    def read(_app: Any, name: str, source: list[str]) -> None:
        if name == root_doc:
            source[0] += _contents(source[0])

    app.connect("source-read", read)
