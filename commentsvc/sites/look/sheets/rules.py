"""Rewrites one rule of a sheet: for each kind of its selectors, and for each color scheme."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from . import colors
from .refused import Refused, plain, written
from .selectors import Kind, Selector
from .values import VALUES, Declared

if TYPE_CHECKING:
    from .media import Media, Scheme

Refuse = Callable[[int, Refused], None]
_GROUNDS = ("background", "background-color")
_COLORED = ("color", *_GROUNDS, "text-decoration-color")
#: The custom properties of the theming contract, except those derived from others.
_INKS = ("--ink", "--mute", "--accent", "--bad")


def css_of(selectors: list[Selector], declarations: list[Any], media: Media, refuse: Refuse) -> str:
    """The served CSS. Anything refused is reported once, for the first kind that refuses it."""
    css, told = "", set[int]()
    for kind in dict.fromkeys((each.kind, each.root) for each in selectors):
        alike = [each.css for each in selectors if (each.kind, each.root) == kind]

        def say(line: int, error: Refused, told: set[int] = told) -> None:
            if line not in told:
                refuse(line, error)
            told.add(line)

        found = (
            _root(declarations, media, say) if kind[1] else _rule(declarations, kind[0], media, say)
        )
        for scheme in (None, "light", "dark"):
            body = _body(text for where, text in found if where == scheme)
            css += _scoped(alike, body, scheme)
    return css


def _body(declarations: Iterable[str]) -> str:
    """The body with each property once; the last declaration wins."""
    last: dict[str, str] = {}
    for each in declarations:
        name = each.partition(":")[0]
        last.pop(name, None)
        last[name] = each
    return ";".join(last.values())


def _scoped(selectors: list[str], body: str, scheme: Scheme | None) -> str:
    """The rule with the highest specificity of the box's own rules, which it follows."""
    if not body:
        return ""

    def all_of(root: str) -> str:
        return ",".join(root if each == ":root" else f"{root} {each}" for each in selectors)

    if scheme is None:
        return f"{all_of(':root:root')}{{{body}}}"
    auto = f"{all_of('[data-scheme=auto]:root')}{{{body}}}"
    return (
        f"{all_of(f'[data-scheme={scheme}]:root')}{{{body}}}"
        f"@media(prefers-color-scheme:{scheme}){{{auto}}}"
    )


def _rule(declarations: list[Any], kind: Kind, media: Media, refuse: Refuse) -> colors.Found:
    found: colors.Found = []
    pair: dict[str, Any] = {}
    for each in declarations:
        try:
            _check(each)
            if kind.filled and each.lower_name in ("color", *_GROUNDS):
                pair["color" if each.lower_name == "color" else "ground"] = each
            elif each.lower_name in _COLORED:
                found += _colored(each, kind, media.scheme)
            elif each.lower_name in VALUES:
                value = VALUES[each.lower_name](Declared(each.lower_name, each.value, kind))
                found.append((media.scheme, f"{each.lower_name}:{value}"))
            else:
                raise Refused("property", each.name)
        except Refused as error:
            refuse(each.source_line, error)
    return found + _pair(pair, media, refuse)


def _check(each: Any) -> None:
    """Raises `Refused` for anything but a declaration, and for `!important`."""
    if each.type != "declaration":
        raise Refused("broken")
    if each.important:
        raise Refused("important", each.name)


def _colored(each: Any, kind: Kind, scheme: Scheme | None) -> colors.Found:
    if each.lower_name in _GROUNDS:
        return colors.ground(each.value, scheme, soft=kind.soft)
    if each.lower_name == "color":
        return colors.ink(each.value, scheme)
    shown = colors.edge(plain(each.value))
    if shown is None:
        raise Refused("value", written(each.value))
    return [(scheme, f"{each.lower_name}:{shown}")]


def _pair(pair: dict[str, Any], media: Media, refuse: Refuse) -> colors.Found:
    """The color and background of a filled part, which must be set together."""
    if not pair:
        return []
    one = next(iter(pair.values()))
    try:
        if len(pair) < 2:
            raise Refused("pair", f"{one.name}: {written(one.value)}")
        return colors.filled(pair["color"].value, pair["ground"].value, media.scheme)
    except Refused as error:
        refuse(one.source_line, error)
        return []


def _root(declarations: list[Any], media: Media, refuse: Refuse) -> colors.Found:
    """The custom properties for the whole box."""
    found: colors.Found = []
    for each in declarations:
        try:
            _check(each)
            if each.name in _INKS:
                found += _with_on_accent(colors.ink(each.value, media.scheme, each.name))
            elif each.name == "--line":
                shown = colors.edge(plain(each.value))
                if shown is None or shown == "var(--line)":
                    raise Refused("value", written(each.value))
                found.append((media.scheme, f"--line:{shown}"))
            elif each.name == "--serif":
                family = VALUES["font-family"](Declared(each.name, each.value, Kind()))
                if "var(" in family:
                    raise Refused("value", written(each.value))
                found.append((media.scheme, f"--serif:{family}"))
            else:
                raise Refused("property", each.name)
        except Refused as error:
            refuse(each.source_line, error)
    return found


def _with_on_accent(found: colors.Found) -> colors.Found:
    """Add the color of text on the accent, which is derived from it."""
    if any("var(" in text for _, text in found):
        raise Refused("value", found[0][1])
    more = [
        (scheme, f"--on-accent:{colors.on(text.split(':')[1])}")
        for scheme, text in found
        if text.startswith("--accent:")
    ]
    return found + more
