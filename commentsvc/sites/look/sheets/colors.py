"""Colors of a sheet: text that can be read on each of its grounds, and grounds on which all text can.

In each scheme there is one line between what may be a ground and what may be text, so no two rules can be
combined into something unreadable.
"""

from __future__ import annotations

import re
from typing import Any

from ..accent import LEAST, shades
from ..colors import Rgb, contrast, hex_of, ink_on, rgb_of
from .media import SCHEMES, Scheme
from .refused import Refused, plain, written

#: Declarations, each for one scheme or (None) for both.
Found = list[tuple[Scheme | None, str]]

_INKS = ("--ink", "--mute", "--accent", "--bad")
_LINES = (*_INKS, "--line", "--soft")
#: The darkest ground of a light page and the lightest of a dark one.
_LIMITS: dict[Scheme, Rgb] = {"light": (0.92, 0.92, 0.915), "dark": (0.22, 0.22, 0.22)}
_SEEN = 2.0  # with less contrast nobody means a color to be seen
_WHITE: Rgb = (1.0, 1.0, 1.0)
_CALL = re.compile(r"([a-z]+)\((.*)\)", re.DOTALL)


def color_of(tokens: list[Any]) -> tuple[Rgb, float] | None:
    """A color and how opaque it is, from 0 to 1; None for what is no color."""
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
    """Text: as it is where it can be read, else the nearest shade; refused where it is all but the ground."""
    wanted: tuple[Scheme, ...] = (scheme,) if scheme else SCHEMES
    if variable := _variable(tokens, _INKS):
        return [(each, f"{name}:{variable}") for each in wanted]
    color = _opaque(tokens)
    fitted = {shade.scheme: shade for shade in shades(hex_of(color))}
    if all(fitted[each].contrast < _SEEN for each in wanted):
        raise Refused("ink", written(tokens))
    return [(each, f"{name}:{fitted[each].color}") for each in wanted]


def ground(tokens: list[Any], scheme: Scheme | None, *, soft: bool) -> Found:
    """What text stands on, in the schemes in which all of it can be read."""
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
    """Text and its own ground, together."""
    color, under = _opaque(inks), _opaque(grounds)
    if contrast(color, under) < LEAST:
        raise Refused("pair", f"{written(inks)} / {written(grounds)}")
    return [(scheme, f"color:{hex_of(color)};background-color:{hex_of(under)}")]


def edge(tokens: list[Any]) -> str | None:
    """The color of a line or a shadow, which may be see-through; None for what is none."""
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
    """Black or white, whichever can be read on it."""
    return hex_of(ink_on(rgb_of(color) or _WHITE))


def _variable(tokens: list[Any], names: tuple[str, ...]) -> str:
    """A custom property of ours, as it is served."""
    words = written(tokens).replace(" ", "")
    return next((f"var({name})" for name in names if words == f"var({name})"), "")


def _opaque(tokens: list[Any]) -> Rgb:
    found = color_of(tokens)
    if found is None or found[1] < 1:
        raise Refused("value", written(tokens))
    return found[0]


def _is_ground(color: Rgb, scheme: Scheme) -> bool:
    """Whether it is no nearer to the text than the least favorable ground."""
    limit = _LIMITS[scheme]
    return (
        _lightness(color) >= _lightness(limit)
        if scheme == "light"
        else _lightness(color) <= _lightness(limit)
    )


def _lightness(color: Rgb) -> float:
    return -contrast(color, _WHITE)
