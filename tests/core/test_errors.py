"""Every mistake is named by a key, and every key is said in every language."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.api.schemas.checks import KEYS
from commentsvc.core.errors import Conflict, Invalid, NotFound
from commentsvc.core.locale import FOLDER, Named, named, say, speaking, words
from commentsvc.sites.permissions import PERMISSIONS
from commentsvc.sites.policy import KNOBS
from commentsvc.sites.queries import BANNED_FROM
from commentsvc.web.problems import STATUS_CODES
from tests.laws import keep, modules
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
HOLE = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")

#: What stands in the holes of keys that are put together.
FILLED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("conflict.{said(kind)}_published", "own_comment.{said(kind)}"),
            *("network_blocked.{likes.said(kind)}", "sign_in_needed.{likes.said(kind)}"),
        ),
        ("like", "react"),
    ),
    "already_decided.{action}": ("approve", "reject", "hold"),
    "control_character.{field}": ("text", "name"),
    "invalid.css_{why}": (
        *("at_rule", "bounds", "broken", "font", "generic", "ground", "important", "ink", "pair"),
        *("property", "selector", "shadow", "size", "value"),
    ),
    "invalid.own_reason_{state}": ("used", "used_retired"),
    "may_not_{action}": tuple(PERMISSIONS),
    "may_not_{action}.banned": BANNED_FROM,
    "may_not_{action}.suspended": BANNED_FROM,
    "network_blocked.{act}": ("like", "report"),
    "not_allowed.provider_{why}": ("canceled", "denied"),
    "not_found.{what}": ("comment", "delivery", "move", "site", "thread", "webhook"),
}
#: What stands in the place of a key, with the file: keys of `KEYS`, and of other processes.
HANDED_ON = {
    ("commentsvc/api/schemas/checks.py", "key"),
    ("commentsvc/api/schemas/checks.py", "str(self)"),
    ("commentsvc/notifications/chat/sending.py", "key"),
}


@cache
def kinds() -> frozenset[str]:
    """`DomainError` and all that is made of it, by name; and what marshmallow says in its place."""
    found = {"DomainError", "Said"}
    renamed = {
        alias.asname: alias.name
        for _, tree in sources()
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
        if alias.asname
    }
    classes = [
        each for _, tree in sources() for each in ast.walk(tree) if isinstance(each, ast.ClassDef)
    ]
    while True:
        more = {each.name for each in classes if found & {_name(base) for base in each.bases}}
        more |= {ours for ours, theirs in renamed.items() if theirs in found}
        if more <= found:
            return frozenset(found)
        found |= more


def sources() -> list[tuple[str, ast.Module]]:
    return [(f"commentsvc/{name}", tree) for name, tree in modules()]


@cache
def raised() -> list[tuple[str, str, dict[str, ast.expr] | None]]:
    """(where, key, its values by name; None where they are handed on) of all mistakes in the code."""
    found = []
    for where, tree in sources():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and call.args and _is_mistake(call):
                given = {each.arg: each.value for each in call.keywords if each.arg}
                whole = all(each.arg for each in call.keywords) and _name(call.func) != "Said"
                said, at = given if whole else None, f"{where}:{call.lineno}"
                if (where, ast.unparse(call.args[0])) not in HANDED_ON:
                    found += [(at, key, said) for key in _keys(call.args[0])]
    return found


def _is_mistake(call: ast.Call) -> bool:
    """Whether a call makes one: by its name, or by `super().__init__` with its key in its own class."""
    match call:
        case ast.Call(ast.Attribute(ast.Call(ast.Name("super")), "__init__"), [ast.Constant(key)]):
            return key in catalogue("en")
    return _name(call.func) in kinds() - {"WrongShape"}  # which takes mistakes, not a key


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _keys(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(str(key)):
            yield key
        case ast.IfExp(_, one, other):
            yield from (*_keys(one), *_keys(other))
        case ast.JoinedStr():
            template = ast.unparse(node)[2:-1]
            ((before, after),) = re.findall(r"(.*)\{[\w.()]+\}(.*)", template)
            assert template in FILLED, f"{template} needs a row in FILLED"
            yield from (f"{before}{each}{after}" for each in FILLED[template])
        case ast.Attribute(ast.Name("error"), "key"):
            return  # of the mistake that was caught
        case _:
            yield f"({ast.unparse(node)})"  # no key: it has to be written where it is raised


def stock() -> set[str]:
    """Keys that are not raised: said of a status, or by marshmallow of a field."""
    return {*STATUS_CODES.values(), *(key for keys in KEYS.values() for key in keys.values())}


def catalogue(locale: str, surface: str = "errors") -> dict[str, str]:
    text: dict[str, str] = json.loads((FOLDER / locale / f"{surface}.json").read_text("utf-8"))
    return text


def holes(text: str) -> set[str]:
    return {hole[1] for hole in HOLE.finditer(text)}


# --- in the code and in the catalogue --------------------------------------------------------------


def test_it_works() -> None:
    error = Conflict("conflict.site_key", field="key", key="demo")
    assert (error.code, error.key, error.field) == ("conflict", "conflict.site_key", "key")
    assert error.detail == str(error) == "The key “demo” is already in use. Choose another one."
    assert error.say("de") == "Der Schlüssel „demo“ ist vergeben. Wählen Sie einen anderen."
    assert NotFound("not_found").code == "not_found"
    with pytest.raises(KeyError):
        _ = Invalid("invalid.nothing_of_the_kind").detail


def test_every_key_has_words_and_the_values_for_them() -> None:
    english = catalogue("en")
    keep(
        "An error has words in locales/<ll>/errors.json, under its key, in order:",
        [f"{where}: {key}" for where, key, _ in raised() if key not in english],
    )
    assert stock() <= set(english)
    lacking = [
        f"{where}: {key} needs {', '.join(sorted(missing))}"
        for where, key, given in raised()
        if given is not None and (missing := holes(english[key]) - set(given))
    ]
    keep("An error is given every value that its words name:", lacking)


def test_every_text_is_said_somewhere() -> None:
    keep(
        "No error is raised under these keys of errors.json; remove them, in every language:",
        set(catalogue("en")) - {key for _, key, _ in raised()} - stock(),
    )


def test_every_code_stands_in_the_manual() -> None:
    manual = (ROOT / "docs" / "api.md").read_text("utf-8")
    table = manual[manual.index("## Errors") : manual.index("## Rate limits")]
    codes = {key.partition(".")[0] for key in catalogue("en")}
    keep(
        "List this code in docs/api.md, Errors; it is what an error's key has before its first dot:",
        {code for code in codes if f"`{code}`" not in table},
    )


@pytest.mark.parametrize("surface", ["errors", "names", "problems"])
def test_keys_are_sorted(surface: str) -> None:
    """In English, and so in all languages (tests/core/test_locale.py)."""
    assert list(catalogue("en", surface)) == sorted(catalogue("en", surface))


# --- as they are read ------------------------------------------------------------------------------


@cache
def sayable() -> list[tuple[str, dict[str, Any]]]:
    """Every key with values such as it gets."""
    given: dict[str, dict[str, Any]] = {key: {} for key in catalogue("en")}
    for _, key, values in raised():
        for name, node in (values or {}).items():
            given[key][name] = _sample(name, node)
    for key, text in catalogue("en").items():
        for name in holes(text):
            given[key].setdefault(name, 5001)
    return sorted(given.items())


def _sample(name: str, node: ast.expr) -> Any:
    families = {each.partition(".")[0] for each in catalogue("en", "names")}
    if isinstance(node, ast.Call) and _name(node.func) in ("Named", "named"):
        family = node.args[0]
        wanted = {family.value} if isinstance(family, ast.Constant) else families & {"unscored"}
        codes = [each.partition(".") for each in catalogue("en", "names")]
        several = tuple(Named(one, code) for one, _, code in codes if one in wanted)
        assert several, f"{ast.unparse(node)} has no names"
        return several if _name(node.func) == "named" else several[0]
    plain = name in ("n", "most", "least", "words", "seconds", "minutes") and not _is_text(node)
    return 5001 if plain else "Nora"


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or _name(getattr(node, "func", node)) == "str"


@every_row("locale", speaking("dashboard"))
def test_no_code_and_no_brace_stands_in_a_sentence(locale: str) -> None:
    odd = []
    for key, values in sayable():
        said = say(f"errors.{key}", locale, **values)
        codes = {
            each.code
            for value in values.values()
            for each in (value if isinstance(value, tuple) else [value])
            if isinstance(each, Named)
            and each.code not in say(f"names.{each.family}.{each.code}", locale)
        }
        if re.search(r"[{}]", said) or codes & set(re.findall(r"\w+", said)):
            odd.append((key, said))
    assert odd == []


@pytest.mark.parametrize(
    ("locale", "written"),
    [("en", "5,001"), ("de", "5.001"), ("fr", "5\u202f001"), ("es", "5001"), ("ar", "5,001")],
)
def test_numbers_are_written_the_language_s_way(locale: str, written: str) -> None:
    text = Invalid("too_long.text", field="text", n=5001, most=5001).say(locale)
    assert text.count(written) == 2
    for key, values in sayable():
        said = say(f"errors.{key}", locale, **values)
        numbers = {number for number in re.findall(r"5\D?001", said) if values}
        assert numbers <= {written}, (key, said)


def test_lists_and_names_are_written_the_language_s_way() -> None:
    choose = Invalid("invalid.choose", field="sort", names=named("default_sort", ("top", "newest")))
    assert choose.detail == "Choose one: most liked first or newest first."
    assert choose.say("de") == "Wählen Sie eins davon: beliebteste zuerst oder neueste zuerst."


def test_every_name_is_used() -> None:
    families = {
        call.args[0].value
        for _, tree in sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) in ("Named", "named")
        if isinstance(call.args[0], ast.Constant)
    }
    choices = {knob.family or name for name, knob in KNOBS.items() if knob.options}
    assert {each.partition(".")[0] for each in words("names")} == (families | choices) - {"choice"}
