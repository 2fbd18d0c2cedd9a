"""The allowed values of declarations, by property: nothing that hides or covers a part."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .colors import edge
from .refused import Refused, groups, plain, written

if TYPE_CHECKING:
    from .selectors import Kind

#: In pixels at the default text size.
_PIXELS = {"px": 1.0, "rem": 16.0, "em": 16.0}
_SPACE, _PILL = 48.0, 999.0
_CLIPPED = 12.0  # with larger radii, a part that clips would cut its text
_STYLES = ("none", "solid", "dashed", "dotted", "double")
_SIDES = ("", "-top", "-bottom", "-left", "-right", "-block", "-block-start", "-block-end", "-inline",
          "-inline-start", "-inline-end")  # fmt: skip
_GENERIC = ("serif", "sans-serif", "system-ui", "monospace", "ui-serif", "ui-sans-serif", "ui-rounded",
            "ui-monospace")  # fmt: skip
_NAME = re.compile(r"[^\W_][\w .+&'-]{0,48}")
#: Fonts whose letters are pictures or invisible.
_NO_LETTERS = re.compile(
    r"dings|dingbat|symbol|marlett|blank|redact|flow|bar.?code|code ?(39|128)|emoji|icon|awesome|glyph"
    r"|invisible|notdef|resort|bookshelf|mt extra|wingd|spacer|password|\bdots?\b",
    re.IGNORECASE,
)
_WORDS: dict[str, tuple[str, ...]] = {
    "font-style": ("normal", "italic"),
    "font-variant-caps": ("normal", "small-caps"),
    "font-variant-numeric": ("normal", "tabular-nums", "oldstyle-nums", "lining-nums"),
    "text-transform": ("none", "uppercase", "lowercase", "capitalize"),
    "text-align": ("start", "end", "center", "justify", "left", "right"),
    "text-decoration": ("none", "underline"),
    "text-decoration-line": ("none", "underline"),
    "text-wrap": ("wrap", "balance", "pretty"),
    "hyphens": ("none", "manual", "auto"),
}


@dataclass(frozen=True)
class Declared:
    """A declaration: its property, its value, and the kind of its target."""

    name: str
    tokens: list[Any]
    kind: Kind


Value = Callable[[Declared], str]


def length(token: Any, low: float, high: float) -> str:
    """A size, within bounds in pixels. Raises `Refused`."""
    if token.type == "number" and token.value == 0 and low <= 0:
        return "0"
    if token.type != "dimension" or token.lower_unit not in _PIXELS:
        raise Refused("value", token.serialize())
    if not low <= token.value * _PIXELS[token.lower_unit] <= high:
        raise Refused("bounds", token.serialize())
    return f"{token.value:g}{token.lower_unit}"


def _word(said: Declared) -> str:
    word = written(said.tokens).lower()
    if word not in _WORDS[said.name]:
        raise Refused("value", word)
    return word


def _family(said: Declared) -> str:
    names = []
    for each in groups(said.tokens):
        words = plain(each)
        if [token.type for token in words] == ["string"]:
            font = words[0].value
        elif words and all(token.type == "ident" for token in words):
            font = " ".join(token.value for token in words)
        elif written(words).replace(" ", "") == "var(--serif)":
            names.append("var(--serif)")
            continue
        else:
            raise Refused("value", written(said.tokens))
        if not _NAME.fullmatch(font) or _NO_LETTERS.search(font):
            raise Refused("font", font)
        names.append(font.lower() if font.lower() in _GENERIC else f'"{font}"')
    if names[-1] not in (*_GENERIC, "var(--serif)"):
        raise Refused("generic", written(said.tokens))
    return ",".join(names)


def _weight(said: Declared) -> str:
    (token,) = _count(said.tokens, 1)
    if token.type == "ident" and token.lower_value in ("normal", "bold"):
        return str(token.lower_value)
    return _number(token, 300, 900)


def _number(token: Any, low: float, high: float) -> str:
    if token.type != "number":
        raise Refused("value", token.serialize())
    if not low <= token.value <= high:
        raise Refused("bounds", token.serialize())
    return f"{token.value:g}"


def _count(tokens: list[Any], most: int) -> list[Any]:
    found = plain(tokens)
    if not 1 <= len(found) <= most:
        raise Refused("value", written(tokens))
    return found


def _size(said: Declared) -> str:
    (token,) = _count(said.tokens, 1)
    if not said.kind.sized or (token.type == "dimension" and token.lower_unit == "em"):
        raise Refused("size", written(said.tokens))  # em would accumulate in nested parts
    return length(token, 12, 32)


def _leading(said: Declared) -> str:
    return _number(_count(said.tokens, 1)[0], 1.1, 2.2)


def _within(low: float, high: float, most: int = 1) -> Value:
    def check(said: Declared) -> str:
        return " ".join(length(each, low, high) for each in _count(said.tokens, most))

    return check


def _space(said: Declared) -> str:
    """Margins and paddings: never negative, and at the sides no more than fits on a phone."""
    values, kind = _count(said.tokens, 4), said.kind
    what, _, side = said.name.partition("-")
    begins = side in ("", "left", "right", "inline", "inline-start")
    if not kind.spaced or (what == "padding" and begins and not kind.start):
        raise Refused("property", said.name)
    limits = [kind.inline if begins or side == "inline-end" else _SPACE] * 4
    if not side:
        limits = [kind.inline if len(values) == 1 else _SPACE, kind.inline, _SPACE, kind.inline]
    return " ".join(length(each, 0, most) for each, most in zip(values, limits, strict=False))


def _line(said: Declared) -> str:
    """A border: width, style and color in any order."""
    found: dict[str, str] = {}
    values = _count(said.tokens, 3)
    for each in values:
        if each.type == "ident" and each.lower_value in _STYLES:
            found.setdefault("style", each.lower_value)
        elif each.type in ("dimension", "number"):
            found.setdefault("width", length(each, 0, 8 if said.name.endswith("-start") else 4))
        else:
            found.setdefault("color", _edge([each]))
    if len(found) < len(values):
        raise Refused("value", written(said.tokens))
    return " ".join(found.values())


def _edge(tokens: list[Any]) -> str:
    found = edge(tokens)
    if found is None:
        raise Refused("value", written(tokens))
    return found


def _line_color(said: Declared) -> str:
    return " ".join(_edge([each]) for each in _count(said.tokens, 4))


def _line_style(said: Declared) -> str:
    words = [each.lower_value if each.type == "ident" else "" for each in _count(said.tokens, 4)]
    if not set(words) <= set(_STYLES):
        raise Refused("value", written(said.tokens))
    return " ".join(words)


def _radius(said: Declared) -> str:
    most = _CLIPPED if said.kind.clips else _PILL
    values = _count(said.tokens, 4)
    if written(values) == "50%" and not said.kind.clips:
        return "50%"
    return " ".join(length(each, 0, most) for each in values)


def _shadow(said: Declared) -> str:
    """Shadows: close to their part, and faint if wide, so that they never cover other text."""
    if written(said.tokens).lower() == "none":
        return "none"
    if not said.kind.shadow:
        raise Refused("property", said.name)
    shadows = groups(said.tokens)
    if len(shadows) > 2:
        raise Refused("value", written(said.tokens))
    return ",".join(map(_one_shadow, shadows))


def _one_shadow(tokens: list[Any]) -> str:
    sizes = [each for each in plain(tokens) if each.type in ("dimension", "number")]
    color = [each for each in plain(tokens) if each not in sizes]
    if not 2 <= len(sizes) <= 4 or len(color) != 1:
        raise Refused("value", written(tokens))
    shown = _edge(color)
    bounds = ((-8, 8), (-8, 8), (0, 24), (-2, 2))
    found = [length(each, *bound) for each, bound in zip(sizes, bounds, strict=False)]
    reach = sum(
        abs(each.value * _PIXELS.get(getattr(each, "lower_unit", "px"), 1)) for each in sizes
    )
    if reach > 8 and not (shown in ("var(--line)", "var(--soft)") or _is_faint(shown)):
        raise Refused("shadow", written(tokens))
    return f"{' '.join(found)} {shown}"


def _is_faint(color: str) -> bool:
    return len(color) == 9 and int(color[-2:], 16) <= 0.35 * 255


VALUES: dict[str, Value] = {
    **dict.fromkeys(_WORDS, _word),
    "font-family": _family,
    "font-size": _size,
    "font-weight": _weight,
    "line-height": _leading,
    "letter-spacing": _within(-0.5, 3),
    "text-underline-offset": _within(0, 8),
    "text-decoration-thickness": _within(1, 4),
    "gap": _within(0, 24, 2),
    "row-gap": _within(0, 24),
    "column-gap": _within(0, 24),
    "box-shadow": _shadow,
    **{f"{name}{side}": _space for name in ("margin", "padding") for side in _SIDES},
    **{f"border{side}": _line for side in _SIDES},
    **{f"border{side}-color": _line_color for side in _SIDES},
    **{f"border{side}-style": _line_style for side in _SIDES},
    **{f"border{side}-width": _within(0, 4, 4) for side in _SIDES},
    **dict.fromkeys(
        (
            "border-radius",
            *(f"border-{a}-{b}-radius" for a in ("top", "bottom") for b in ("left", "right")),
            *(f"border-{a}-{b}-radius" for a in ("start", "end") for b in ("start", "end")),
        ),
        _radius,
    ),
}
