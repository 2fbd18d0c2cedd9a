"""No cache of the process grows with the length of what strangers send."""

from __future__ import annotations

import ast
import time
from collections import OrderedDict
from pathlib import Path

import pytest

from commentsvc.core.remembering import length_of, remembered
from commentsvc.moderation.judging import weighing
from commentsvc.sites.sections import queries
from commentsvc.threads.urls import DEFAULT, address_by
from commentsvc.web import render

PACKAGE = Path(queries.__file__).parents[2]
#: The caches bounded in number alone: their arguments are short, or not a request's.
SHORT = {
    "one letter": ("_size", "_foreign", "_is_unseen"),
    "numbers, dates and codes": ("_day", "number", "_two_digits"),
    "names of catalogs and files": (
        *("available", "speaking", "_chain", "_babel", "_texts", "_phrases", "table", "_script"),
        "lean",
    ),
    "our own statements and shapes": ("ready", "_of", "picker"),
    "cut or measured by the caller": (
        *("_numbers_once", "_changed_once", "_read_once", "_read_of", "_language", "_best"),
        "_is_odd",
    ),
    "an owner's settings, which have bounds of their own": (
        *("hosts_of", "_compiled", "contacts_of", "badges_of", "sheet_of", "_accent", "intervals"),
        *("_hosts", "_pattern", "_announced", "_rules", "_badges", "trusted_networks", "_key"),
    ),
    "only in a command for training": ("_read",),
    "one value": (
        *("_titles", "_adorning", "_always", "_only_titles", "_looks", "zones", "measured"),
        *("_detector", "articles"),
    ),
}


def test_it_works() -> None:
    asked: list[str] = []

    @remembered(2, longest=4, few=1)
    def measured(text: str, more: tuple[str, ...] = ()) -> int:
        asked.append(text)
        return len(text) + len(more)

    assert [measured("ab", ("c",)), measured("ab", ("c",))] == [3, 3] and asked == ["ab"]
    assert [measured("abcde"), measured("abcde"), measured("fghij"), measured("abcde")] == [5] * 4
    assert asked == ["ab", "abcde", "fghij", "abcde"]  # of long ones, only the last
    assert length_of(("ab", b"c", ("de", ("f",)), 7, None)) == 6


def test_long_addresses_are_not_kept() -> None:
    read = queries._Read(())
    kept = [each.__dict__["kept"].cache_info for each in (queries._found, address_by)]
    before = [each().currsize for each in kept]
    for number in range(50):
        assert queries._found(read, f"https://example.org/{number}{'x' * 16_000}", ()) is None
        assert str(number) in address_by(f"https://example.org/{number}/{'x' * 1500}", DEFAULT).href
    assert [each().currsize for each in kept] == before


def test_rendered_comments_are_counted_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_pieces", {})
    monkeypatch.setattr(render, "_characters", 0)
    monkeypatch.setattr(render, "_MOST_CHARACTERS", 1000)
    for number in range(100):
        render._keep((number % 30,), ("x" * 90, "y" * (number % 7)))
        kept = sum(map(len, (part for piece in render._pieces.values() for part in piece)))
        assert render._characters == kept <= 1000
    assert len(render._pieces) >= 7 and (99 % 30,) in render._pieces


@pytest.mark.usefixtures("app")
def test_explained_texts_are_known_by_their_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "_known", OrderedDict())
    text = "You are a complete idiot. " * 40
    ask = weighing.Ask("insult")
    first = weighing._weighed(text, ask, time.monotonic() + 600)
    assert first and weighing._weighed(text, ask, 0.0) == first
    assert [len(known[0]) for known in weighing._known] == [32]


def test_every_cache_is_bounded_in_bytes() -> None:
    """A new one uses `remembered`, or is listed above with the reason why it need not."""
    listed = {name for names in SHORT.values() for name in names}
    found = {
        name
        for path in PACKAGE.rglob("*.py")
        if path.name != "remembering.py"
        for name in counted_only(ast.parse(path.read_text("utf-8")))
    }
    assert found - listed == set()
    assert listed - found == set()


def counted_only(tree: ast.AST) -> set[str]:
    """The functions with `lru_cache`, by name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            found |= {node.name for each in node.decorator_list if "lru_cache" in ast.dump(each)}
        if isinstance(node, ast.Assign) and "lru_cache" in ast.dump(node.value):
            found |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return found
