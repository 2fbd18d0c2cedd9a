"""What breaks each law of the house in one file; test_house.py applies them to all files."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "commentsvc"

MOST_LINES_OF_A_FUNCTION = 40
MOST_LINES_OF_A_FILE = 320
MOST_FILES_OF_A_FOLDER = 20

Law = Callable[[ast.AST], Any]  # the breaches in a file; empty if the law is kept

_ENVIRONMENT = ("environ", "environb", "getenv", "getenvb", "putenv", "unsetenv", "expandvars")
_WRITERS = ("setattr", "__setattr__", "set_committed_value", "set_attribute")
_STATEMENTS = ("values", "update", "execute", "scalars", "bulk_update_mappings")
_HARMLESS = ("release", "micros")  # gives the connection back; a time as a number
_OPENERS = ("engine", "connection", "session")
_BY_NAME = re.compile(
    r"import_module|import_string|__import__|resolve_name|run_module|run_path|module_from_spec|"
    r"\bsys\.modules\b|(?<![\w.])(?:exec|eval)\("
)


def keep(law: str, breaches: Iterable[object]) -> None:
    """Fail with the law, the remedy, and every breach: whoever breaks it may not know it."""
    found = sorted(map(str, breaches))
    assert not found, "\n".join((law, *(f"  - {each}" for each in found)))


def agree(law: str, *, found: Iterable[object], listed: Iterable[object]) -> None:
    """Fail with the law if a list does not name exactly what exists, each thing once."""
    here, there = Counter(map(str, found)), Counter(map(str, listed))
    missing = [f"{each}: not listed" for each in here - there]
    keep(law, [*missing, *(f"{each}: listed, but not there" for each in there - here)])


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """Every file of the package and its syntax tree, read once for all laws."""
    return [
        (str(path.relative_to(PACKAGE)), ast.parse(path.read_text("utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


@cache
def _nodes(tree: ast.AST) -> list[ast.AST]:
    """All nodes of a tree, in the order of `ast.walk`, cached as that is slower than any law."""
    return list(ast.walk(tree))


def _name(called: ast.expr) -> str:
    """The last part of a called name; empty for anything without a name."""
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def imports(name: str, tree: ast.AST) -> Iterator[str]:
    """The full names of a file's imports: modules, and names that may be modules."""
    for node in _nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(name, node)


def _imported(name: str, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    package = ["commentsvc", *name.split("/")[:-1]]
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name
        return
    base = package[: len(package) - node.level + 1] if node.level else []
    full = ".".join([*base, *([node.module] if node.module else [])])
    for alias in node.names:
        yield f"{full}.{alias.name}"


def commits(tree: ast.AST) -> list[int]:
    """Where something is committed, under any name; also transactions that commit when they end."""
    return [
        node.lineno
        for node in _nodes(tree)
        if isinstance(node, ast.Attribute)
        and (
            node.attr == "commit"
            or (node.attr == "begin" and ast.unparse(node.value).rstrip("()").endswith(_OPENERS))
        )
    ]


def environment(tree: ast.AST) -> list[int]:
    """Where the environment is read or written."""
    found = []
    for node in _nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            found += [node.lineno for alias in node.names if alias.name in _ENVIRONMENT]
        elif isinstance(node, ast.Attribute) and node.attr in _ENVIRONMENT:
            holder = ast.unparse(node.value).removesuffix(".path")
            found += [node.lineno] if holder in _names_of_os(tree) else []
    return found


def _names_of_os(tree: ast.AST) -> set[str]:
    return {
        alias.asname or alias.name
        for node in _nodes(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "os"
    }


def status_written(tree: ast.AST) -> list[int]:
    """Where an attribute or a column `status` is written, except by an object on itself."""
    return [
        node.lineno
        for node in _nodes(tree)
        if isinstance(node, ast.Attribute | ast.Call | ast.Constant | ast.Subscript)
        and _writes_status(node)
    ]


def _writes_status(node: ast.Attribute | ast.Call | ast.Constant | ast.Subscript) -> bool:
    if isinstance(node, ast.Subscript):
        attributes = re.match(r"vars\(|.*\.__dict__$", ast.unparse(node.value))
        return bool(attributes) and isinstance(node.ctx, ast.Store) and _says_status(node.slice)
    if isinstance(node, ast.Constant):
        statement = node.value if isinstance(node.value, str) else ""
        return bool(re.search(r"update\s+comment\b.*\bstatus\s*=", statement, re.I | re.S))
    if isinstance(node, ast.Attribute):
        written = isinstance(node.ctx, ast.Store) and node.attr == "status"
        return written and ast.unparse(node.value) != "self"
    called = _name(node.func)
    if called in _WRITERS:
        return any(_says_status(each) for each in node.args)
    if called in _STATEMENTS:
        given = [*node.args, *(each.value for each in node.keywords)]
        dicts = [each for one in given for each in ast.walk(one) if isinstance(each, ast.Dict)]
        keys = [key for each in dicts for key in each.keys if key]
        return any(map(_says_status, keys)) or any(each.arg == "status" for each in node.keywords)
    return False


def _says_status(node: ast.expr) -> bool:
    return ast.unparse(node) in ("'status'", "Comment.status")


def asks_clock(name: str, tree: ast.AST) -> list[str]:
    """The imports with which a file learns what time it is."""
    return [each for each in imports(name, tree) if each.startswith("commentsvc.core.clock")]


def asks_database(name: str, tree: ast.AST) -> list[str]:
    """The imports with which a surface queries the database itself."""
    imported = [
        each
        for each in imports(name, tree)
        if each.startswith(("sqlalchemy", "flask_sqlalchemy"))
        or each.startswith("commentsvc.core.rows")
        or (each.startswith("commentsvc.core.db") and each.rpartition(".")[2] not in _HARMLESS)
        or (each.startswith("commentsvc.") and each.rpartition(".")[2] in ("db", "select"))
    ]
    asked = [
        ast.unparse(node)
        for node in _nodes(tree)
        if (isinstance(node, ast.Attribute) and re.search(r"\bdb\.session$", ast.unparse(node)))
        or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".query"))
        or (isinstance(node, ast.Attribute) and re.match(r"[A-Z]\w+\.query$", ast.unparse(node)))
    ]
    return imported + asked


def imports_by_name(source: str) -> bool:
    """Whether a file imports what only a run decides; strings run elsewhere count too."""
    return _BY_NAME.search(source) is not None


def called(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Where one of these is called, also as an attribute of its module or under an alias."""
    also = {
        alias.asname
        for node in _nodes(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname and alias.name in names
    }
    for node in _nodes(tree):
        if isinstance(node, ast.Call) and _name(node.func) in {*names, *also}:
            yield node


def restricts(tree: ast.AST) -> list[int]:
    """Where a person or a network is restricted, or given a role that may restrict."""
    doors = ("Sanction", "NetworkBlock", "put_role", "set_role", "sanction", "send_away", "block")
    return [each.lineno for each in called(tree, *doors)]


def long_functions(tree: ast.AST) -> dict[str, int]:
    """The functions that are too long to read at a glance, with their lengths."""
    return {
        node.name: lines
        for node in _statements(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes except expressions, which contain no functions."""
    waiting = [tree]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
                waiting.append(node)
                yield node


def turns(trees: list[tuple[str, ast.Module]]) -> list[str]:
    """A cycle of modules that import each other at import time; empty if there is none."""
    names = {_dotted(name) for name, _ in trees}
    graph = {_dotted(name): _at_import(name, tree, names) - {_dotted(name)} for name, tree in trees}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _dotted(name: str) -> str:
    return ".".join(["commentsvc", *name.removesuffix(".py").split("/")]).removesuffix(".__init__")


def _at_import(name: str, tree: ast.Module, known: set[str]) -> set[str]:
    """Our modules that run before this one has: not those that a function imports later."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            for full in _imported(name, node):
                found.add(full if full in known else full.rpartition(".")[0])
            continue
        waiting += ast.iter_child_nodes(node)
    return found & known
