"""What pages and comments refer to exists: links, paths, sections, names of the code, the tree."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.laws import keep
from tests.manual import PACKAGE, ROOT, anchors, files, pages, prose
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

#: Looks like a file of ours but is something else's name.
_NAMES = {
    *("Chart.js", "chart.js", "dist/chart.umd.min.js", "Next.js", "Auth.js", "text/plain"),
    *(".disqus.com/embed.js", "disqusLoader.js", "comment_count.js"),
    *("media/js/disqus.js", "public/js/comment_embed.js"),
    *("mkdocs.yml", "astro.config.mjs", "_config.yml", "docusaurus.config.js"),
    *("components/comments.js", "src/components/Comments.js"),
    *("src/theme/DocItem/Footer.js", "src/theme/BlogPostItem/Footer.js"),
    *("deploy/secrets", "deploy/web"),  # made by whoever installs it; a Kubernetes resource
}


def something_is_read(_app: Flask) -> None:
    """An empty reading would always pass."""
    texts = dict(prose())
    assert {"README.md", "CONTRIBUTING.md", "docs/decisions/README.md", "Makefile"} <= {*texts}
    assert "docs/performance.md" in texts["commentsvc/core/db.py"]  # a comment


_KINDS = "py|js|css|md|sh|mako|toml|yml|yaml|npz"
_PATH = re.compile(
    r"(?<![\w/.:@{}<>*-])(?:\.\./)*"
    rf"((?:[\w.-]+/)*[\w.-]*[\w-]\.(?:{_KINDS})\b|(?:[\w.-]+/)+[\w.-]*)(?![\w*<{{])"
)


def paths_exist(app: Flask) -> None:
    here = {path.relative_to(ROOT).as_posix() for path in files()}
    here |= {above.as_posix() for path in here for above in Path(path).parents}
    known = {path[n:] for path in here for n in [0, *(m.end() for m in re.finditer("/", path))]}
    folders = {path.split("/")[0] for path in known if "/" in path}
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    known |= {each.removeprefix("/") for each in rules} | _NAMES
    known |= {each.rpartition("/")[2] for each in rules}  # served in several folders
    wrong = []
    for file, text in prose():
        for found in _PATH.findall(re.sub(r"https?:\S+", "", text)):
            name = found.rstrip("/.")
            ours = re.search(rf"\.(?:{_KINDS})$", name) or name.split("/")[0] in folders
            if ours and name not in known and not (ROOT / file).parent.joinpath(name).exists():
                wrong.append(f"{file}: {name}")
    keep("A page or a comment names a file that is not there:", wrong)


def sections_named_behind_a_page_exist(_app: Flask) -> None:
    """A page with a section number leads nowhere: pages have headings."""
    wrong = [
        (file, found)
        for file, text in prose()
        for found in re.findall(r"\b[\w-]+\.md [A-Z]?\d[\w.]*", text)
    ]
    keep("A page is named with a number behind it; name a heading:", wrong)


def names_of_the_code_exist(_app: Flask) -> None:
    """`room.module.function` in a page or a comment."""
    rooms = {path.stem for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}
    rooms -= {"templates", "locales", "static", "migrations"}
    wrong = [
        (file, name)
        for file, text in prose()
        if not file.startswith("tests/")  # these name endpoints
        for name in re.findall(r"`([a-z_]+(?:\.\w+)+)(?:\([^`]*)?`", text)
        if name.split(".")[0] in rooms
        and not re.search(rf"\.(?:{_KINDS}|json|html)$", name)
        and not _is_there(name)
    ]
    keep("A page or a comment names what the code does not have:", wrong)


def _is_there(name: str) -> bool:
    place, parts = PACKAGE, name.split(".")
    while parts and (place / parts[0]).is_dir():
        place /= parts.pop(0)
    if parts and (place / f"{parts[0]}.py").exists():
        place /= f"{parts.pop(0)}.py"
    if not parts:
        return True
    module = ast.parse((place if place.is_file() else place / "__init__.py").read_text("utf-8"))
    return any(
        getattr(node, "name", getattr(node, "id", None)) == parts[0] for node in ast.walk(module)
    )


@every_row(
    "check",
    [something_is_read, paths_exist, sections_named_behind_a_page_exist, names_of_the_code_exist],
)
def test_it_works(app: Flask, check: Callable[[Flask], None]) -> None:
    """Reading all prose takes seconds, so that one process does it for all checks."""
    check(app)


def test_links_lead_somewhere() -> None:
    wrong = []
    for page, text in pages().items():
        for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
            if "://" in link or link.startswith("mailto:"):
                continue
            path, _, anchor = link.partition("#")
            target = (ROOT / page).parent / path if path else ROOT / page
            if not target.exists():
                wrong.append(f"{page}: {link}")
            elif anchor and anchor not in anchors(target.read_text("utf-8")):
                wrong.append(f"{page}: {link} (no such heading)")
    keep("A link leads nowhere:", wrong)


# --- the tree -------------------------------------------------------------------------------------


_COLUMN = 31  # where the texts of the tree begin


def entries() -> dict[str, str]:
    """The tree in docs/house.md: each folder and file on the left -> its entry's whole text."""
    found: dict[str, str] = {}
    above: list[str] = [""]
    last: list[str] = []
    for line in pages()["docs/house.md"].split("```")[1].strip().splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        if depth > 3:  # a continuation line
            for name in last:
                found[name] += " " + line.strip()
            continue
        column = _COLUMN if line[_COLUMN - 2 : _COLUMN] == "  " else None
        names, text = line[:column], line[_COLUMN:] if column else ""
        above = above[: depth + 1]
        last = [above[-1] + name for name in names.split()]
        found |= dict.fromkeys(last, text)
        above.append(last[0] if last[0].endswith("/") else above[-1])
    return found


def test_the_tree_is_the_tree() -> None:
    tree = entries()
    for name, text in list(tree.items()):  # wings named in their room's text
        if name.startswith("commentsvc/") and name.endswith("/"):
            wings = re.findall(r"(?<![\w/.])([a-z]+/)(?=[\s,;)]|$)", text)
            tree |= {f"{name}{wing}": "" for wing in wings}
    gone = [name for name in tree if "<" not in name and not (ROOT / name).exists()]
    folders = {
        f"{path.relative_to(ROOT).parent.as_posix()}/"
        for path in PACKAGE.rglob("*.py")
        if not {"static", "migrations"} & {*path.relative_to(PACKAGE).parts}
    }
    keep("The tree in docs/house.md names what is not there:", gone)
    keep("Enter these folders in the tree of docs/house.md:", folders - {*tree})


def test_the_tree_names_every_file_of_the_core() -> None:
    core = {f"commentsvc/core/{path.name}" for path in (PACKAGE / "core").glob("*.py")}
    assert sorted(core - {*entries()}) == ["commentsvc/core/__init__.py"]
