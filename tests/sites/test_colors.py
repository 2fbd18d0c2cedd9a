"""Colors as CSS writes them, and the accent that can be read in both schemes."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commentsvc.sites.look.accent import LEAST, shades
from commentsvc.sites.look.colors import contrast, hex_of, ink_on, readable, rgb_of
from tests.growth import costs_at_most
from tests.tables import every_row

BYTE = st.integers(0, 255)
#: Pages on which the box is transparent, and the box's own tints on them.
LIGHT = ("#ffffff", "#fbfbfa", "#f6f6f5", "#fdf6e3", "#f4ecd8")
DARK = ("#000000", "#111111", "#131417", "#121212", "#1e1e22", "#282a36", "#2e3440", "#36393f")


def test_it_works() -> None:
    assert hex_of(rgb_of("#0b3d2e") or (0, 0, 0)) == "#0b3d2e"
    assert round(contrast((0, 0, 0), (1, 1, 1)), 2) == 21
    light, dark = shades("#0b3d2e")
    assert light.color == "#0b3d2e" and not light.changed and light.ink == "#ffffff"
    assert dark.changed and dark.contrast < 1.5 and dark.ink == "#000000"
    assert _contrast(dark.color, "#111111") >= 4.5


@every_row(
    "same",
    [
        "#FF6600", "#f60", "#f60f", "rgb(255,102,0)", "rgb(255 102 0 / 1)", "rgba(100%, 40%, 0%, 1)",
        "hsl(24 100% 50%)", "hsla(24deg,100%,50%,100%)", "hsl(0.0666667turn 100 50)", "hwb(24 0% 0%)",
        "color(srgb 1 0.4 0)", "color(srgb-linear 1 0.132868 0)", " rgb( 255 , 102 , 0 ) ",
        "lab(63.16 57.07 72.65)", "oklch(69.58% 0.2043 43.49)",
        "oklab(0.6958 0.1482 0.1406)", "lch(63.16 92.38 51.85)",
    ],
)  # fmt: skip
def test_one_color_in_all_notations(same: str) -> None:
    found = rgb_of(same)
    assert found is not None
    assert all(abs(one - other) < 0.012 for one, other in zip(found, (1, 0.4, 0), strict=True)), (
        found
    )


@every_row(
    "text",
    [
        "", "greenish", "#12345", "#ggg", "rgb(1,2)", "rgb(1 2 3 4 5)", "rgb(a b c)", "var(--x)",
        "currentcolor", "url(x)", "color(a98-rgb 1 1 1)", "calc(1)", "red;}", "rgb(1 2 3)}", "</style>",
        "#fff\n}", "rgb(1e99 0 0)",
    ],
)  # fmt: skip
def test_what_is_no_color(text: str) -> None:
    assert rgb_of(text) is None and shades(text) == ()


@given(BYTE, BYTE, BYTE)
@example(11, 61, 46)
@example(255, 255, 0)
@example(0, 0, 255)
@example(128, 128, 128)
def test_every_accent_can_be_read_in_both_schemes(red: int, green: int, blue: int) -> None:
    wanted = f"#{red:02x}{green:02x}{blue:02x}"
    for shade, grounds in zip(shades(wanted), (LIGHT, DARK), strict=True):
        for ground in grounds:
            assert _contrast(shade.color, ground) >= LEAST
        assert _contrast(shade.color, shade.ink) >= LEAST
        assert shade.changed or shade.color == wanted


@given(BYTE, BYTE, BYTE)
def test_a_color_moves_no_further_than_it_must(red: int, green: int, blue: int) -> None:
    color, ground = (red / 255, green / 255, blue / 255), (1.0, 1.0, 1.0)
    fitted = readable(color, ground, LEAST)
    assert contrast(fitted, ground) < 4.8 or hex_of(fitted) == hex_of(color)


@given(st.text("#abcdefrgbhslwokt0123456789(), .%/-", max_size=40))
def test_nothing_but_a_color_gets_into_a_style(text: str) -> None:
    for shade in shades(text):
        assert re.fullmatch(r"#?\w+", shade.color) and len(shade.ink) == 7


def _contrast(one: str, other: str) -> float:
    first, second = rgb_of(one), rgb_of(other)
    assert first and second and ink_on(first)
    return contrast(first, second)


@pytest.mark.parametrize("end", ["", "x)"])
@pytest.mark.parametrize("inside", [" ", "1", "1 ", "1.", ","], ids=ascii)
def test_twice_the_color_is_at_most_twice_the_work(inside: str, end: str) -> None:
    def read(times: int) -> None:
        rgb_of(f"rgb({inside * times}{end}")

    assert costs_at_most(2.6, lambda: read(2000), lambda: read(1000))
