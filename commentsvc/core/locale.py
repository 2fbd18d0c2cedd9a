"""Localization: choose a language, look up phrases in its catalog, format numbers and dates.

A catalog is the folder `locales/<locale>/`, with one flat JSON file per surface:
`say("widget.post", locale)` looks up `post` in `widget.json`. A text may contain `{name}` for a
value, and `{count|one=# comment|other=# comments}` for a number, with CLDR's plural forms; `=0` is
an exact number, `#` the formatted one. Forms contain no braces. The comment box supports only these
two. Values are formatted for the language: numbers, dates, lists, and codes (`Named`) by name.

A folder `<locale>_x_<name>` (`de_x_du`) is a form of address that a site chooses in its policy; no
browser language selects it. It and a country's folder (`pt_BR`) contain only phrases that differ
from the language's. Missing phrases or files come from the nearest language that has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_time, get_datetime_format, get_timezone_gmt
from babel.lists import format_list
from babel.numbers import format_decimal

from . import calendars

DEFAULT = "en"
FOLDER = Path(__file__).resolve().parent.parent / "locales"

_HOLE = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")
# Languages that write 5001 but 50 001 (CLDR's minimumGroupingDigits, which Babel lacks).
_FOUR_TOGETHER = frozenset(("es", "hu", "it", "pl"))
#: Other names of our catalogs: in browsers, Facebook's sdk.js and Disqus.
ALIASES = {
    "de_inf": "de_x_du",
    "in": "id",
    "iw": "he",
    "nb": "no",
    "nn": "no",
    "zh": "zh_CN",
    "zh_hans": "zh_CN",
    "zh_hant": "zh_TW",
    "zh_hk": "zh_TW",
    "zh_mo": "zh_TW",
}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")

_Forms = Mapping[str, str]
_Part = str | tuple[str, _Forms | None]  # literal text, or a placeholder: name and plural forms


def say(key: str, locale: str | None = None, /, **values: Any) -> str:
    """The phrase `key` in this language, or in the nearest one that has it (ll_CC, ll, English).

    Raises `KeyError` if English lacks the key, or if a value that the phrase needs is missing.
    """
    for each in _chain(locale or DEFAULT):
        parts = _phrases(each).get(key)
        if parts is not None:
            return "".join(_fill(part, values, each) for part in parts)
    raise KeyError(f"no catalogue has the phrase {key!r}")


@dataclass(frozen=True)
class Named:
    """A code that is shown by its name: the phrase `names.<family>.<code>`."""

    family: str
    code: str


def named(family: str, codes: Iterable[str]) -> tuple[Named, ...]:
    """Several codes of one family, shown as a list of their names."""
    return tuple(Named(family, each) for each in codes)


def has(key: str) -> bool:
    """Whether this phrase exists."""
    return key in _phrases(DEFAULT)


def words(surface: str, locale: str | None = None) -> dict[str, str]:
    """All texts of one surface for a script: placeholders unfilled, keys without the surface."""
    found: dict[str, str] = {}
    for each in reversed(_chain(locale or DEFAULT)):
        found.update(_texts(each).get(surface, {}))
    return found


@lru_cache(maxsize=1)
def available() -> tuple[str, ...]:
    """The locales that have a catalog."""
    return tuple(sorted(each.name for each in FOLDER.iterdir() if any(each.glob("*.json"))))


@lru_cache(maxsize=32)
def speaking(surface: str) -> tuple[str, ...]:
    """The locales with texts for this surface in their folder or their language's."""
    return tuple(
        each
        for each in available()
        if any((FOLDER / name / f"{surface}.json").exists() for name in _own(each))
    )


def pick_locale(
    wanted: str | Iterable[str | None] | None, among: Collection[str] | None = None
) -> str:
    """The best catalog for `wanted`: `de_DE`, `de-AT`, an Accept-Language header, or several of
    these in order of preference. English when none matches; never raises."""
    among = available() if among is None else among
    by_name = {each.lower(): each for each in among}
    for entry in [wanted] if wanted is None or isinstance(wanted, str) else wanted:
        for tag in _tags(entry or ""):
            parts = tag.lower().replace("-", "_").split("_")
            for length in range(len(parts), 0, -1):
                name = "_".join(parts[:length])
                if found := by_name.get(name) or by_name.get(ALIASES.get(name, "").lower()):
                    return found
            cousins = (name for name in sorted(by_name) if name.split("_")[0] == parts[0])
            if cousin := next((by_name[name] for name in cousins if plain(name) == name), None):
                return cousin
    return DEFAULT


def direction(locale: str | None) -> Literal["ltr", "rtl"]:
    """The writing direction of the language, for `dir=`."""
    return "rtl" if _babel(locale or DEFAULT).text_direction == "rtl" else "ltr"


def language_name(locale: str) -> str:
    """The language's name for itself, for a menu: `Deutsch`, `Deutsch (du)` for `de_x_du`."""
    name = _babel(locale).get_display_name() or locale
    manner = locale.removeprefix(plain(locale)).removeprefix("_x_")
    return f"{name} ({manner})" if manner else name


def language_in(code: str, locale: str | None = None) -> str:
    """The name of `code` in this language, capitalized: `German`, `Allemand`; else the code."""
    name = str(_babel(locale or DEFAULT).languages.get(plain(code).lower(), code))
    return name[:1].upper() + name[1:]


def plain(locale: str) -> str:
    """The locale without a site's form of address: `de_x_du` -> `de`."""
    return locale.partition("_x_")[0]


def percent(share: float, locale: str | None = None, *, digits: int = 0) -> str:
    """A percentage as the language writes it: `39%`, `39 %`; at most `digits` decimals."""
    pattern = str(_babel(locale or DEFAULT).percent_formats[None].pattern)
    return re.sub(r"[#,.0]+", number(round(100 * share, digits or None), locale), pattern)


@lru_cache(maxsize=4096)
def number(value: float, locale: str | None = None, *, digits: int | None = None) -> str:
    """A number as the language writes it, with `digits` decimals if given."""
    shape = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    babel = _babel(locale or DEFAULT)
    grouped = abs(value) >= 10_000 or babel.language not in _FOUR_TOGETHER
    system = "default" if babel.language in calendars.DIGITS else "latn"
    written = format_decimal(value, shape, babel, group_separator=grouped, numbering_system=system)
    return calendars.in_digits(written, babel)


def all_of(words: Iterable[str], locale: str | None = None) -> str:
    """Words as a list in a sentence: `a, b, and c`. (Lists passed to `say` use “or”.)"""
    return str(format_list(list(words), "standard", _babel(locale or DEFAULT)))


def moment(at: datetime, locale: str | None = None) -> str:
    """A date and time as the language writes it, in its own time zone or UTC."""
    babel, at = _babel(locale or DEFAULT), at if at.utcoffset() else at.astimezone(UTC)
    parts = format_time(at, "short", locale=babel), calendars.written(at.date(), "medium", babel)
    text = str(get_datetime_format("medium", babel)).replace("'", "").format(*parts)
    place = get_timezone_gmt(at, locale=babel) if at.utcoffset() else "UTC"
    return calendars.in_digits(f"{text} {place}", babel)


def day(at: datetime, locale: str | None = None, shape: calendars.Shape = "long") -> str:
    """The date alone, in UTC."""
    return calendars.written(at.astimezone(UTC).date(), shape, _babel(locale or DEFAULT))


def until(end: datetime, locale: str | None = None) -> str:
    """The last day before something ends: an end at midnight belongs to the day before."""
    return day(end - timedelta(seconds=1), locale)


@lru_cache(maxsize=256)
def _chain(locale: str) -> tuple[str, ...]:
    """The catalogs to look in, nearest first: `pt_BR`, `pt`, `en`."""
    return tuple(dict.fromkeys([*_own(locale), DEFAULT]))


def _own(locale: str) -> list[str]:
    """The catalogs of the language itself: `pt_BR`, `pt`."""
    parts = locale.replace("-", "_").split("_")
    names = ["_".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return [each for each in names if each in available()]


def _tags(header: str) -> list[str]:
    """The language tags in a header or a single tag, most preferred first."""
    weighed: list[tuple[float, str]] = []
    for entry in header[:500].split(","):
        tag, _, parameter = entry.strip().partition(";")
        if not _TAG.fullmatch(tag.strip()):
            continue
        name, _, weight = parameter.strip().partition("=")
        try:
            share = float(weight) if name.strip() == "q" else 1.0
        except ValueError:
            share = 0.0
        if share > 0:
            weighed.append((-share, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda each: each[0])]


@lru_cache(maxsize=256)
def _babel(locale: str) -> Locale:
    for name in (locale.replace("-", "_"), locale.replace("-", "_").split("_")[0]):
        try:
            return Locale.parse(name)
        except (ValueError, UnknownLocaleError):
            continue
    return Locale.parse(DEFAULT)


@lru_cache(maxsize=64)
def _texts(locale: str) -> Mapping[str, Mapping[str, str]]:
    """Surface -> key -> text, as in the files."""
    return MappingProxyType(
        {
            path.stem: json.loads(path.read_text("utf-8"))
            for path in sorted((FOLDER / locale).glob("*.json"))
        }
    )


@lru_cache(maxsize=64)
def _phrases(locale: str) -> Mapping[str, tuple[_Part, ...]]:
    """`surface.key` -> the text split at its placeholders, for fast filling."""
    return MappingProxyType(
        {
            f"{surface}.{key}": _cut(text)
            for surface, texts in _texts(locale).items()
            for key, text in texts.items()
        }
    )


def _cut(text: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    end = 0
    for hole in _HOLE.finditer(text):
        if hole.start() > end:
            parts.append(text[end : hole.start()])
        parts.append((hole[1], None if hole[2] is None else _forms(hole[2])))
        end = hole.end()
    if end < len(text):
        parts.append(text[end:])
    return tuple(parts)


def _forms(raw: str) -> _Forms:
    """`one=# comment|other=# comments` -> {"one": …, "other": …}; `=0=nobody` -> {"=0": …}."""
    forms: dict[str, str] = {}
    for entry in raw.split("|"):
        exact = "=" if entry.startswith("=") else ""
        name, _, form = entry.removeprefix("=").partition("=")
        forms[exact + name] = form
    return forms


def _fill(part: _Part, values: Mapping[str, Any], locale: str) -> str:
    if isinstance(part, str):
        return part
    name, forms = part
    value = values[name]
    if forms is None:
        return _written(value, locale)
    kinds = (f"={value}", str(_babel(locale).plural_form(value)), "other")
    form = next(forms[kind] for kind in kinds if kind in forms)
    return form.replace("#", number(value, locale))


def _written(value: Any, locale: str) -> str:
    """A value in the middle of a sentence, as the language writes it."""
    match value:
        case str():
            return value
        case Named(family, code):
            return say(f"names.{family}.{code}", locale)
        case bool() | None:
            return str(value)
        case int() | float():
            return number(value, locale)
        case datetime():
            return moment(value, locale)
        case date():
            return calendars.written(value, "long", _babel(locale))
        case list() | tuple():
            each = [_written(one, locale) for one in value]
            return str(format_list(each, "or", _babel(locale)))
        case _:
            return str(value)
