"""Retired words stay out of the pages people read (docs/writing.md).

To retire a word, add a line to RETIRED. If a sentence needs it all the same, add file and words to
EXCEPTIONS, with the reason.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from commentsvc import api
from commentsvc.api.document import document
from commentsvc.cli import cli
from tests.laws import keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "commentsvc"
LOCALES = PACKAGE / "locales" / "en"

#: pattern (between word boundaries, any case) -> what to write instead
RETIRED = {
    r"letters?": "email; for a–z: character",
    r"e-mails?": "email",
    r"(make|makes|making|made) (an?|the|this|another) (account|key|site)s?": "create",
    r"(take|takes|taking|taken|took) (it |them |all of it |a decision )?back": "undo",
    r"objections?|object(s|ed|ing)? to": "appeal",
    r"(a|the|take|takes|this|which) measures?": "sanction",
    r"(is|are|was|were|be|been) told": "notified, shown",
    r"(bring|brings|bringing|brought) (\w+ )?in": "import",
    r"(take|takes|taking|taken) (everything )?out": "export",
    r"move in and out": "import & export",
    r"(score|scores|scored|measured|counted) anew": "rescore, recount",
    r"what (waits|steers)|to steer by": "waiting for review; tuning",
    r"worthless": "revoked",
    r"(stands?|lies) (above|below|beside|in|on|at|there|here|where)": "is",
    r"for ever": "forever",
    r"(is|are|be) (well|asked for anything)": "works",
    r"(leave|leaves) each other be": "do not import each other",
    r"twice is (once|the same as once)": "safe to repeat",
    r"(log|logs|logged) (in|out)": "sign in, sign out",
    r"(colour|behaviour|neighbour|honour|favour)(s|ed|ing|able)?": "American spelling",
    r"(labelled|recognised|organised|licen[c]es?|learnt)": "American spelling",
}
#: (file, words): why they stay.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("commentsvc/locales/en/dashboard.json", "letters"): "a word's a–z",
    ("commentsvc/locales/en/errors.json", "letter"): "a word's a–z",
    ("commentsvc/locales/en/errors.json", "letters"): "a code's a–z",
    ("commentsvc/locales/en/reasons.json", "letters"): "a word's a–z",
    ("commentsvc/settings.py", "letter"): "the name that a limit had, which LIMITS may still use",
}

Text = tuple[str, str]  # where, and the text


def documents() -> Iterator[Text]:
    """Prose of the front pages, docs and model card: without code, addresses, recorded figures."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *PACKAGE.rglob("MODEL_CARD.md")]
    for path in sorted(pages):
        text = path.read_text("utf-8")
        if path.name == "writing.md":  # it lists the retired words
            continue
        if path.name == "house.md":  # its table has a column of words not to use
            text = re.sub(r"(?m)^## Words$.*?(?=^## )", "", text, flags=re.DOTALL)
        text = re.sub(r"(?m)^```.*?^```$", "", text, flags=re.DOTALL)
        text = re.sub(r"`[^`\n]+`|\]\([^)\s]+\)", "", text)
        yield str(path.relative_to(ROOT)), text


def help_texts(group: click.Group = cli, names: tuple[str, ...] = ()) -> Iterator[Text]:
    """The `--help` text of every command."""
    context = click.Context(group, info_name=" ".join(("commentsvc", *names)))
    yield context.info_name or "", group.get_help(context)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from help_texts(command, (*names, name))
        elif command is not None:
            below = click.Context(command, info_name=name, parent=context)
            yield f"{context.info_name} {name}", command.get_help(below)


def printed() -> Iterator[Text]:
    """Every string in the commands' code: messages, errors, docstrings; and the settings' help."""
    for path in [*sorted((PACKAGE / "cli").glob("*.py")), PACKAGE / "settings.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def phrases() -> Iterator[Text]:
    """Every phrase of the English catalogs, without its placeholders and addresses."""
    for path in sorted(LOCALES.glob("*.json")):
        for key, text in json.loads(path.read_text("utf-8")).items():
            yield f"{path.relative_to(ROOT)}: {key}", re.sub(r"https?://\S+|\{\w+\}", "", text)


def described() -> Iterator[Text]:
    """The API document's texts about operations, fields and responses."""

    def walk(node: object, where: str) -> Iterator[Text]:
        for key, each in node.items() if isinstance(node, dict) else ():
            if key in ("description", "summary") and isinstance(each, str):
                yield where, re.sub(r"`[^`]+`", "", each)
            else:
                yield from walk(each, f"{where}/{key}")
        for each in node if isinstance(node, list) else ():
            yield from walk(each, where)

    for surface in pkgutil.iter_modules(api.__path__, "commentsvc.api."):
        importlib.import_module(surface.name)  # which declares its operations
    yield from walk(document("https://comments.example.org"), "openapi.json")


def retired_in(texts: Iterator[Text], words: frozenset[str]) -> list[str]:
    """Where a retired word is used, and what to write instead."""
    found = []
    for where, text in texts:
        for pattern in sorted(words):
            for hit in re.finditer(rf"(?<![\w/-])({pattern})(?![\w-])", text, re.IGNORECASE):
                if (where.partition(":")[0], hit[0].lower()) not in EXCEPTIONS:
                    line = text.count("\n", 0, hit.start()) + 1
                    found.append(f"{where} line {line}: “{hit[0]}” ({RETIRED[pattern]})")
    return found


def test_it_works() -> None:
    text = "We sent a letter.\nNobody is told. See /account/letters/off, a love-letter."
    assert retired_in(iter([("x.md", text)]), frozenset(RETIRED)) == [
        "x.md line 2: “is told” (notified, shown)",
        "x.md line 1: “letter” (email; for a–z: character)",
    ]
    assert not retired_in(iter([("x.md", "We sent an email.")]), frozenset(RETIRED))


@pytest.mark.parametrize(
    "texts",
    [documents, help_texts, printed, phrases, described],
    ids=["docs", "help", "cli", "catalogues", "api"],
)
def test_no_retired_words(texts: Callable[[], Iterator[Text]]) -> None:
    read = list(texts())
    assert len(read) > 15
    keep(
        "Retired words, and in brackets what to write (docs/writing.md):",
        retired_in(iter(read), frozenset(RETIRED)),
    )


def test_exceptions_name_files_that_exist() -> None:
    assert [file for file, _ in EXCEPTIONS if not (ROOT / file).exists()] == []
