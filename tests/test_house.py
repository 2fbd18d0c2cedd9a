"""The laws of the house (docs/house.md), read off the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from commentsvc.core import jobs

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "commentsvc"


def layers() -> list[set[str]]:
    """The rows of the diagram in docs/house.md, from the top: page and law are one."""
    page = (ROOT / "docs" / "house.md").read_text("utf-8")
    diagram = page.split("## Who may import whom")[1].split("```")[1]
    rows = []
    for line in diagram.strip().splitlines():
        if line.startswith(("- -", " ")):
            continue
        rooms = re.split(r"\s{3,}", line)[0]
        rows.append(set(re.findall(r"\w+", rooms)))
    return rows


#: A room imports from rows below its own, never above; neighbours leave each other be.
LAYERS = layers()
ROW = {room: row for row, rooms in enumerate(LAYERS) for room in rooms}
HTTP = {"flask", "flask_login", "flask_limiter", "marshmallow", "werkzeug", "apispec"}
#: Rooms below the line know no HTTP; these files of core hold what needs the app itself.
HTTP_MAY = {"core/db.py", "core/parts.py"}
#: (importing file, imported room): each with its reason.
EXCEPTIONS: set[tuple[str, str]] = set()


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """Every file of the package and its tree, read once for all laws."""
    return [
        (str(path.relative_to(PACKAGE)), ast.parse(path.read_text("utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Every node of every file, in order."""
    return [(name, node) for name, tree in modules() for node in ast.walk(tree)]


def room_of(name: str) -> str:
    """`__init__` and `__main__` are doors, not rooms; a new room must be put into LAYERS."""
    first = name.split("/")[0]
    return first.removesuffix(".py")


def imports(name: str, tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """(imported name, whether it is one of our rooms) of every import in a file."""
    package = ["commentsvc", *name.split("/")[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _ours(alias.name)
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                yield _ours(node.module or "")
                continue
            base = package[: len(package) - node.level + 1]
            full = ".".join([*base, *([node.module] if node.module else [])])
            if full == "commentsvc":
                for alias in node.names:
                    yield alias.name, True
            else:
                yield _ours(full)


def _ours(name: str) -> tuple[str, bool]:
    parts = name.split(".")
    return (parts[1], True) if parts[0] == "commentsvc" and len(parts) > 1 else (parts[0], False)


def test_rooms_import_downwards_only() -> None:
    wrong = []
    for name, tree in modules():
        room = room_of(name)
        if room not in ROW:
            continue
        for imported, ours in imports(name, tree):
            if (
                not ours
                or imported not in ROW
                or imported == room
                or (name, imported) in EXCEPTIONS
            ):
                continue
            if ROW[imported] <= ROW[room] and not (ROW[room] == 0 and ROW[imported] == 0):
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_rooms_know_no_http() -> None:
    line = ROW["web"]
    wrong = [
        f"{name} imports {imported}"
        for name, tree in modules()
        if room_of(name) in ROW and ROW[room_of(name)] > line and name not in HTTP_MAY
        for imported, ours in imports(name, tree)
        if not ours and imported in HTTP
    ]
    assert wrong == []


def test_judging_is_pure() -> None:
    allowed = {"toxicity"}  # Scores and the labels' names
    for name in ("moderation/judging/verdict.py", "moderation/judging/rules.py"):
        tree = ast.parse((PACKAGE / name).read_text("utf-8"))
        ours = {imported for imported, is_ours in imports(name, tree) if is_ours}
        assert ours <= allowed | {"moderation"}, name


def test_only_the_database_module_commits() -> None:
    found = [
        name
        for name, tree in modules()
        if name != "core/db.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and "session" in ast.unparse(node.func.value)
    ]
    assert found == []


def test_status_has_one_door() -> None:
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    written = isinstance(target, ast.Attribute) and target.attr == "status"
                    owner = ast.unparse(target.value) if isinstance(target, ast.Attribute) else ""
                    assert not (written and "comment" in owner), f"{name}:{node.lineno}"
        calls_move = any(
            isinstance(node, ast.ImportFrom)
            and (node.module or "").endswith("status")
            and any(alias.name == "move" for alias in node.names)
            for node in ast.walk(tree)
        )
        if calls_move:
            assert room_of(name) in ("moderation", "posting", "exchange"), name


def test_every_job_has_a_handler(app: Flask) -> None:
    asked = set()
    for _, tree in modules():
        for node in ast.walk(tree):
            called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in ("enqueue", "enqueue_each"):
                first = node.args[0]
                assert isinstance(first, ast.Constant)
                asked.add(first.value)
    assert asked and asked <= set(jobs.HANDLERS)


def test_the_environment_is_read_in_one_place() -> None:
    found = [
        name
        for name, tree in modules()
        if name != "settings.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ"
    ]
    assert found == []


def test_the_markup_of_a_comment_exists_once() -> None:
    holders = [
        str(path.relative_to(PACKAGE))
        for path in (PACKAGE / "templates").rglob("*.html")
        if re.search(r"<article[^>]*class=\"[^\"]*\bcomment\b", path.read_text("utf-8"))
    ]
    assert holders == ["templates/macros/comment.html"]


@pytest.mark.parametrize("most", [420])
def test_files_stay_readable(most: int) -> None:
    long = {
        name: count
        for name, _ in modules()
        if (count := len((PACKAGE / name).read_text("utf-8").splitlines())) > most
    }
    assert long == {}
