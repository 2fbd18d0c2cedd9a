"""Read the documentation: pages, their code, their tables, and the comments in code."""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "commentsvc"
#: Folders without files of ours, or with texts of others that stay unchanged.
_FOREIGN = {"node_modules", "dist", "build", "instance", "__pycache__", "samples"}
_COMMENTS = {
    ".py": r"#.*",  # and docstrings
    ".js": r"//.*|/\*(?:.|\n)*?\*/",
    ".css": r"/\*(?:.|\n)*?\*/",
    ".html": r"\{#(?:.|\n)*?#\}|<!--(?:.|\n)*?-->",
    ".toml": r"#.*",
    ".sh": r"#.*",
    "": r"#.*",  # Makefile
}


@cache
def files() -> list[Path]:
    """Every file of the repository that is ours."""
    found = []
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [
            each
            for each in inner
            if each not in _FOREIGN and not (each.startswith(".") and each != ".ci")
        ]
        found += [Path(folder) / name for name in names]
    return sorted(found)


@cache
def pages() -> dict[str, str]:
    """The documentation: path in the repository -> text."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in files()
        if path.suffix == ".md"
    }


def spans(text: str) -> list[str]:
    """The code on a page: `spans`, and the lines of blocks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^ {4}(\S.*)$", rest, re.MULTILINE)
    return [*re.findall(r"`([^`\n]+)`", rest), *"\n".join(blocks).splitlines(), *indented]


def said() -> Iterator[tuple[str, str]]:
    """(page, piece of code) of all pages."""
    for name, text in pages().items():
        for span in spans(text):
            yield name, span


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its header."""
    section = re.split(rf"^#+ {re.escape(heading)}\n", pages()[page], flags=re.MULTILINE)[1]
    lines = re.split(r"^#", section, flags=re.MULTILINE)[0].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


def named(page: str, heading: str) -> list[str]:
    """The code in the first column of a table."""
    return [code for row in table(page, heading) for code in re.findall(r"`([^`]+)`", row[0])]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: dict[str, int] = {}
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {
        slug if not n else f"{slug}-{n}" for slug, most in found.items() for n in range(most + 1)
    }


@cache
def prose() -> list[tuple[str, str]]:
    """(file, its text for people): whole pages; comments and docstrings of code."""
    return list(_prose())


def _prose() -> Iterator[tuple[str, str]]:
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix == ".md":
            yield name, path.read_text("utf-8")
        elif path.suffix in _COMMENTS and not {"vendor", "made"} & {*path.parts}:
            text = path.read_text("utf-8", errors="replace")
            found = re.findall(_COMMENTS[path.suffix], text)
            yield name, "\n".join([*found, *(docstrings(text) if path.suffix == ".py" else ())])


def docstrings(source: str) -> list[str]:
    """The strings that are statements in a Python file."""
    found, open_ = [], [ast.parse(source).body]
    while open_:
        for node in open_.pop():
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                open_.append(node.body)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                found.append(str(node.value.value))
    return found
