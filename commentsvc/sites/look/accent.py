"""A site's accent color, adjusted to be readable on light and on dark pages."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ...core.remembering import remembered
from .colors import Rgb, contrast, hex_of, ink_on, readable, rgb_of

LEAST = 4.5  # WCAG 2.2 AA, for text
#: The least favorable backgrounds common behind the box: off-white, and the grays of dark themes.
_GROUNDS: dict[str, Rgb] = {
    "light": (0.92, 0.92, 0.915),
    "dark": (0.225, 0.225, 0.225),
}
_AS_WRITTEN = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?|[a-zA-Z]+")  # opaque, and safe in CSS


@dataclass(frozen=True)
class Shade:
    """The color for one scheme, a text color readable on it, and the original color's contrast."""

    scheme: str
    color: str
    ink: str
    contrast: float

    @property
    def changed(self) -> bool:
        """Whether the owner's color had to be adjusted."""
        return self.contrast < LEAST

    @property
    def told(self) -> float:
        """The contrast to display, rounded down, so that too little never looks like enough."""
        return math.floor(self.contrast * 10) / 10


@remembered(256, longest=200)
def shades(color: str) -> tuple[Shade, ...]:
    """A light and a dark shade; empty if `color` is not a fixed color."""
    wanted = rgb_of(color)
    if wanted is None:
        return ()
    written = color.strip() if _AS_WRITTEN.fullmatch(color.strip()) else hex_of(wanted)
    return tuple(_shade(scheme, wanted, written, ground) for scheme, ground in _GROUNDS.items())


def fitted(light: str, dark: str = "") -> tuple[Shade, ...]:
    """The shades of `light` for light pages and `dark` (default: the same color) for dark pages."""
    both = (("light", light), ("dark", dark or light))
    return tuple(
        shade
        for scheme, color in both
        if color
        for shade in shades(color)
        if shade.scheme == scheme
    )


def _shade(scheme: str, wanted: Rgb, written: str, ground: Rgb) -> Shade:
    fitted = readable(wanted, ground, LEAST)
    shown = contrast(wanted, ground)
    color = written if shown >= LEAST else hex_of(fitted)
    return Shade(scheme, color, hex_of(ink_on(fitted)), shown)
