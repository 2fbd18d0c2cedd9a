"""Colors of a sheet: text that is readable on all allowed backgrounds, and the other way round.

In each scheme, one limit separates backgrounds from text colors, so all combinations are readable.
"""

from __future__ import annotations

import re
from typing import Any

from ..accent import LEAST, shades
from ..colors import Rgb, contrast, hex_of, ink_on, rgb_of
from .media import SCHEMES, Scheme
from .refused import Refused, plain, written

#: Declarations, each for one scheme or both (None).
Found = list[tuple[Scheme | None, str]]

_INKS = ("--ink", "--mute", "--accent", "--bad")
_LINES = (*_INKS, "--line", "--soft")
#: The darkest background of a light page, and the lightest of a dark one.
_LIMITS: dict[Scheme, Rgb] = {"light": (0.92, 0.92, 0.915), "dark": (0.22, 0.22, 0.22)}
_SEEN = 2.0  # with less contrast, a text color is not meant to be visible
_WHITE: Rgb = (1.0, 1.0, 1.0)
_CALL = re.compile(r"([a-z]+)\((.*)\)", re.DOTALL)


def color_of(tokens: list[Any]) -> tuple[Rgb, float] | None:
    """A color and its opacity from 0 to 1; None if it is not a color."""
    text = written(tokens).lower()
    if text == "transparent":
        return _WHITE, 0.0
    alpha, solid = 1.0, text
    if text.startswith("#") and len(text) in (5, 9):
        width = (len(text) - 1) // 4
        digits = text[-width:] * (2 if width == 1 else 1)
        if not re.fullmatch("[0-9a-f]{2}", digits):
            return None
        alpha, solid = int(digits, 16) / 255, text[:-width]
    elif found := _CALL.fullmatch(text):
        words = re.split(r"\s*[,/]\s*|\s+", found[2].strip())
        if len(words) == (5 if found[1] == "color" else 4):
            share = re.fullmatch(r"(\d*\.?\d+)(%?)", words[-1])
            if share is None:
                return None
            alpha = min(1.0, float(share[1]) / (100 if share[2] else 1))
            solid = f"{found[1]}({' '.join(words[:-1])})"
    color = rgb_of(solid)
    return (color, alpha) if color else None


def ink(tokens: list[Any], scheme: Scheme | None, name: str = "color") -> Found:
    """A text color, adjusted to be readable. Raises `Refused` if it has almost no contrast."""
    wanted: tuple[Scheme, ...] = (scheme,) if scheme else SCHEMES
    if variable := _variable(tokens, _INKS):
        return [(each, f"{name}:{variable}") for each in wanted]
    color = _opaque(tokens)
    fitted = {shade.scheme: shade for shade in shades(hex_of(color))}
    if all(fitted[each].contrast < _SEEN for each in wanted):
        raise Refused("ink", written(tokens))
    return [(each, f"{name}:{fitted[each].color}") for each in wanted]


def ground(tokens: list[Any], scheme: Scheme | None, *, soft: bool) -> Found:
    """A background color, in the schemes where text is readable on it. Raises `Refused` if none."""
    words = written(tokens).lower()
    wanted: tuple[Scheme, ...] = (scheme,) if scheme else SCHEMES
    if words in ("none", "transparent"):
        return [(each, "background-color:transparent") for each in wanted]
    if soft and (variable := _variable(tokens, ("--soft",))):
        return [(each, f"background-color:{variable}") for each in wanted]
    color = _opaque(tokens)
    fits = [each for each in wanted if _is_ground(color, each)]
    if not fits:
        raise Refused("ground", words)
    return [(each, f"background-color:{hex_of(color)}") for each in fits]


def filled(inks: list[Any], grounds: list[Any], scheme: Scheme | None) -> Found:
    """The text and background color of a filled part. Raises `Refused` for too little contrast."""
    color, under = _opaque(inks), _opaque(grounds)
    if contrast(color, under) < LEAST:
        raise Refused("pair", f"{written(inks)} / {written(grounds)}")
    return [(scheme, f"color:{hex_of(color)};background-color:{hex_of(under)}")]


def edge(tokens: list[Any]) -> str | None:
    """The color of a border or shadow, which may be translucent; None if it is not a color."""
    if len(plain(tokens)) == 1 and written(tokens).lower() == "currentcolor":
        return "currentcolor"
    if variable := _variable(tokens, _LINES):
        return variable
    found = color_of(tokens)
    if found is None:
        return None
    color, alpha = found
    return hex_of(color) + (f"{round(alpha * 255):02x}" if alpha < 1 else "")


def on(color: str) -> str:
    """Black or white, whichever is more readable on this color."""
    return hex_of(ink_on(rgb_of(color) or _WHITE))


def _variable(tokens: list[Any], names: tuple[str, ...]) -> str:
    """The custom property of ours in the tokens, as it is served; else ""."""
    words = written(tokens).replace(" ", "")
    return next((f"var({name})" for name in names if words == f"var({name})"), "")


def _opaque(tokens: list[Any]) -> Rgb:
    found = color_of(tokens)
    if found is None or found[1] < 1:
        raise Refused("value", written(tokens))
    return found[0]


def _is_ground(color: Rgb, scheme: Scheme) -> bool:
    """Whether the color is a readable background, at least as good as the least favorable one."""
    limit = _LIMITS[scheme]
    return (
        _lightness(color) >= _lightness(limit)
        if scheme == "light"
        else _lightness(color) <= _lightness(limit)
    )


def _lightness(color: Rgb) -> float:
    return -contrast(color, _WHITE)
