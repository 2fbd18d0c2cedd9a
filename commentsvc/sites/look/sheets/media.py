"""The only allowed at-rule: @media with the color scheme and the width of the box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .refused import Refused, plain, written

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_WIDTHS = ("min-width", "max-width")
_UNITS = ("px", "em", "rem")
_WIDEST = 5000


@dataclass(frozen=True)
class Media:
    """When rules apply. The scheme is the box's: it follows the page, not the reader's system."""

    scheme: Scheme | None = None
    widths: tuple[str, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether they always apply."""
        return self == Media()

    def around(self, css: str) -> str:
        """The rules, inside @media if they depend on the width; selectors contain the scheme."""
        return f"@media {' and '.join(self.widths)}{{{css}}}" if css and self.widths else css


def media_of(prelude: list[Any]) -> Media:
    """Parse the condition after @media. Raises `Refused`."""
    schemes: list[Scheme] = []
    widths: list[str] = []
    tokens = plain(prelude)
    if len(tokens) > 1 and _is_word(tokens[0], "screen", "all") and _is_word(tokens[1], "and"):
        tokens = tokens[2:]
    asks, joints = tokens[::2], tokens[1::2]
    if not asks or len(asks) == len(joints) or not all(_is_word(each, "and") for each in joints):
        raise Refused("at_rule", f"@media {written(prelude)}")
    for each in asks:
        if (scheme := _scheme(each)) and not schemes:
            schemes.append(scheme)
        elif width := _width(each):
            widths.append(width)
        else:
            raise Refused("at_rule", f"@media {written(prelude)}")
    return Media(schemes[0] if schemes else None, tuple(widths))


def _is_word(token: Any, *words: str) -> bool:
    return token.type == "ident" and token.lower_value in words


def _asked(token: Any) -> tuple[str, Any]:
    """The feature in parentheses, and its value."""
    inside = plain(token.content) if token.type == "() block" else []
    if len(inside) != 3 or inside[0].type != "ident" or inside[1] != ":":
        return "", None
    return inside[0].lower_value, inside[2]


def _scheme(token: Any) -> Scheme | None:
    name, value = _asked(token)
    for scheme in SCHEMES:
        if name == "prefers-color-scheme" and _is_word(value, scheme):
            return scheme
    return None


def _width(token: Any) -> str:
    name, value = _asked(token)
    if name not in _WIDTHS or value.type != "dimension" or value.lower_unit not in _UNITS:
        return ""
    return f"({name}:{value.value:g}{value.lower_unit})" if 0 <= value.value <= _WIDEST else ""
