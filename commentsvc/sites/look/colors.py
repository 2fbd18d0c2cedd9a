"""CSS colors: parsed, compared by contrast (WCAG), and adjusted until they are readable."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Rgb = tuple[float, float, float]  # sRGB, each from 0 to 1

_NAMES = dict(
    re.findall(
        r"\b(\w+)=(\w+)",
        "aliceblue=f0f8ff antiquewhite=faebd7 aqua=00ffff aquamarine=7fffd4 azure=f0ffff beige=f5f5dc "
        "bisque=ffe4c4 black=000000 blanchedalmond=ffebcd blue=0000ff blueviolet=8a2be2 brown=a52a2a "
        "burlywood=deb887 cadetblue=5f9ea0 chartreuse=7fff00 chocolate=d2691e coral=ff7f50 "
        "cornflowerblue=6495ed cornsilk=fff8dc crimson=dc143c cyan=00ffff darkblue=00008b darkcyan=008b8b "
        "darkgoldenrod=b8860b darkgray=a9a9a9 darkgreen=006400 darkgrey=a9a9a9 darkkhaki=bdb76b "
        "darkmagenta=8b008b darkolivegreen=556b2f darkorange=ff8c00 darkorchid=9932cc darkred=8b0000 "
        "darksalmon=e9967a darkseagreen=8fbc8f darkslateblue=483d8b darkslategray=2f4f4f "
        "darkslategrey=2f4f4f darkturquoise=00ced1 darkviolet=9400d3 deeppink=ff1493 deepskyblue=00bfff "
        "dimgray=696969 dimgrey=696969 dodgerblue=1e90ff firebrick=b22222 floralwhite=fffaf0 "
        "forestgreen=228b22 fuchsia=ff00ff gainsboro=dcdcdc ghostwhite=f8f8ff gold=ffd700 goldenrod=daa520 "
        "gray=808080 green=008000 greenyellow=adff2f grey=808080 honeydew=f0fff0 hotpink=ff69b4 "
        "indianred=cd5c5c indigo=4b0082 ivory=fffff0 khaki=f0e68c lavender=e6e6fa lavenderblush=fff0f5 "
        "lawngreen=7cfc00 lemonchiffon=fffacd lightblue=add8e6 lightcoral=f08080 lightcyan=e0ffff "
        "lightgoldenrodyellow=fafad2 lightgray=d3d3d3 lightgreen=90ee90 lightgrey=d3d3d3 lightpink=ffb6c1 "
        "lightsalmon=ffa07a lightseagreen=20b2aa lightskyblue=87cefa lightslategray=778899 "
        "lightslategrey=778899 lightsteelblue=b0c4de lightyellow=ffffe0 lime=00ff00 limegreen=32cd32 "
        "linen=faf0e6 magenta=ff00ff maroon=800000 mediumaquamarine=66cdaa mediumblue=0000cd "
        "mediumorchid=ba55d3 mediumpurple=9370db mediumseagreen=3cb371 mediumslateblue=7b68ee "
        "mediumspringgreen=00fa9a mediumturquoise=48d1cc mediumvioletred=c71585 midnightblue=191970 "
        "mintcream=f5fffa mistyrose=ffe4e1 moccasin=ffe4b5 navajowhite=ffdead navy=000080 oldlace=fdf5e6 "
        "olive=808000 olivedrab=6b8e23 orange=ffa500 orangered=ff4500 orchid=da70d6 palegoldenrod=eee8aa "
        "palegreen=98fb98 paleturquoise=afeeee palevioletred=db7093 papayawhip=ffefd5 peachpuff=ffdab9 "
        "peru=cd853f pink=ffc0cb plum=dda0dd powderblue=b0e0e6 purple=800080 rebeccapurple=663399 red=ff0000 "
        "rosybrown=bc8f8f royalblue=4169e1 saddlebrown=8b4513 salmon=fa8072 sandybrown=f4a460 "
        "seagreen=2e8b57 seashell=fff5ee sienna=a0522d silver=c0c0c0 skyblue=87ceeb slateblue=6a5acd "
        "slategray=708090 slategrey=708090 snow=fffafa springgreen=00ff7f steelblue=4682b4 tan=d2b48c "
        "teal=008080 thistle=d8bfd8 tomato=ff6347 turquoise=40e0d0 violet=ee82ee wheat=f5deb3 white=ffffff "
        "whitesmoke=f5f5f5 yellow=ffff00 yellowgreen=9acd32",
    )
)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})")
_CALL = re.compile(r"([a-z]+)\(([^()]*)\)")
_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?)(%|deg|grad|rad|turn)?|none")
_TURNS = {None: 1.0, "deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0}
_ENOUGH_STEPS = 24


def rgb_of(text: str) -> Rgb | None:
    """A color in any CSS notation with fixed values; None for everything else. Transparent colors
    are blended with white, and colors out of gamut are clipped, as in browsers."""
    plain = text.strip().lower()
    plain = f"#{_NAMES[plain]}" if plain in _NAMES else plain
    if found := _HEX.fullmatch(plain):
        digits = found[1] if len(found[1]) > 4 else "".join(each * 2 for each in found[1])
        values = [int(digits[at : at + 2], 16) / 255 for at in range(0, len(digits), 2)]
        return _on_white(values[:3], values[3] if len(values) > 3 else 1.0)
    found = _CALL.fullmatch(plain)
    return _called(found[1], found[2].strip()) if found else None


def hex_of(color: Rgb) -> str:
    """The color as #rrggbb."""
    return "#" + "".join(f"{round(each * 255):02x}" for each in color)


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colors, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(ground: Rgb) -> Rgb:
    """Black or white, whichever has more contrast; always at least 4.58."""
    black, white = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    return max(black, white, key=lambda ink: contrast(ink, ground))


def readable(color: Rgb, ground: Rgb, least: float) -> Rgb:
    """The color itself if its contrast with the background is enough, else the nearest of its hue
    that has: darker on a light background, lighter on a dark one. Rounded to #rrggbb."""
    color = _rounded(color)
    if contrast(color, ground) >= least:
        return color
    _, a, b = _to_oklab(color)
    near, far = _to_oklab(color)[0], _to_oklab(ink_on(ground))[0]
    for _ in range(_ENOUGH_STEPS):
        middle = (near + far) / 2
        if contrast(_in_gamut(middle, a, b), ground) >= least:
            far = middle
        else:
            near = middle
    return _in_gamut(far, a, b)


# --- reading --------------------------------------------------------------------------------------


def _called(name: str, inside: str) -> Rgb | None:
    words = re.split(r"\s*[,/]\s*|\s+", inside)
    space = words.pop(0) if name == "color" and words else name.removesuffix("a")
    if name == "color" and space not in ("srgb", "srgb-linear", "display-p3"):
        return None
    found = [_NUMBER.fullmatch(each) for each in words]
    if space not in _SPACES or len(found) not in (3, 4) or not all(found):
        return None
    scales, convert = _SPACES[space]
    values = [
        _value(each, scale) for each, scale in zip(found, (*scales, (1.0, 1.0)), strict=False)
    ]
    if not all(math.isfinite(each) and abs(each) < 1e6 for each in values):
        return None
    return _on_white(convert(*values[:3]), values[3] if len(values) > 3 else 1.0)


def _value(found: re.Match[str] | None, scale: tuple[float, float]) -> float:
    """A number divided by its unit, or a percentage of the whole; angles have no whole."""
    if found is None or found[0] == "none":
        return 0.0
    number, whole = float(found[1]), scale[1]
    if found[2] == "%":
        return number / 100 * whole
    return number * _TURNS[found[2]] / scale[0]


def _on_white(color: Sequence[float], alpha: float) -> Rgb:
    alpha = min(1.0, max(0.0, alpha))
    red, green, blue = (1 - alpha + alpha * min(1.0, max(0.0, each)) for each in color)
    return red, green, blue


def _hsl(hue: float, saturation: float, lightness: float) -> Rgb:
    saturation, lightness = (min(1.0, max(0.0, each)) for each in (saturation, lightness))
    reach = saturation * min(lightness, 1 - lightness)

    def channel(n: int) -> float:
        k = (n + hue / 30) % 12
        return lightness - reach * max(-1.0, min(k - 3, 9 - k, 1.0))

    return channel(0), channel(8), channel(4)


def _hwb(hue: float, white: float, black: float) -> Rgb:
    white, black = max(0.0, white), max(0.0, black)
    if white + black >= 1:
        return (white / (white + black),) * 3
    red, green, blue = (each * (1 - white - black) + white for each in _hsl(hue, 1, 0.5))
    return red, green, blue


def _polar(
    convert: Callable[[float, float, float], Rgb],
) -> Callable[[float, float, float], Rgb]:
    def rectangular(lightness: float, chroma: float, hue: float) -> Rgb:
        angle = math.radians(hue)
        return convert(
            lightness, max(0.0, chroma) * math.cos(angle), max(0.0, chroma) * math.sin(angle)
        )

    return rectangular


def _lab(lightness: float, a: float, b: float) -> Rgb:
    """CIE Lab (white point D50), converted through XYZ."""
    fy = (min(100.0, max(0.0, lightness)) + 16) / 116
    xyz = []
    for f, white in zip(
        (fy + a / 500, fy, fy - b / 200), (0.96429568, 1.0, 0.8251046), strict=True
    ):
        xyz.append(white * (f**3 if f > 6 / 29 else (f - 16 / 116) * 3 * (6 / 29) ** 2))
    return _gamma(_times(_D50_TO_RGB, xyz))


def _oklab(lightness: float, a: float, b: float) -> Rgb:
    cones = _times(_LAB_TO_CONES, (min(1.0, max(0.0, lightness)), a, b))
    return _gamma(_times(_CONES_TO_RGB, [each**3 for each in cones]))


def _p3(red: float, green: float, blue: float) -> Rgb:
    return _gamma(_times(_P3_TO_RGB, [_linear(each) for each in (red, green, blue)]))


# --- arithmetic -----------------------------------------------------------------------------------

_RGB_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_CONES_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_LAB_TO_CONES = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_CONES_TO_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_D50_TO_RGB = (
    (3.1341359569, -1.6173863321, -0.4906619460),
    (-0.9787954765, 1.9162543774, 0.0334427339),
    (0.0719554380, -0.2289767680, 1.4053860351),
)
_P3_TO_RGB = (
    (1.2249401762, -0.2249401762, 0.0),
    (-0.0420569547, 1.0420569547, 0.0),
    (-0.0196375546, -0.0786360456, 1.0982736001),
)


def _times(matrix: Sequence[Rgb], vector: Sequence[float]) -> Rgb:
    one, two, three = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return one, two, three


def _linear(value: float) -> float:
    size = abs(value)
    found = size / 12.92 if size <= 0.04045 else ((size + 0.055) / 1.055) ** 2.4
    return math.copysign(found, value)


def _gamma(color: Rgb) -> Rgb:
    red, green, blue = (
        math.copysign(
            12.92 * abs(each) if abs(each) <= 0.0031308 else 1.055 * abs(each) ** (1 / 2.4) - 0.055,
            each,
        )
        for each in color
    )
    return red, green, blue


def _luminance(color: Rgb) -> float:
    red, green, blue = (_linear(each) for each in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklab(color: Rgb) -> Rgb:
    cones = _times(_RGB_TO_CONES, [_linear(each) for each in color])
    return _times(_CONES_TO_LAB, [math.cbrt(each) for each in cones])


def _in_gamut(lightness: float, a: float, b: float) -> Rgb:
    """The color with this lightness and hue and the highest chroma in the sRGB gamut."""
    least, most = 0.0, 1.0
    if _shown(_oklab(lightness, a, b)):
        least = 1.0
    else:
        for _ in range(_ENOUGH_STEPS):
            middle = (least + most) / 2
            if _shown(_oklab(lightness, a * middle, b * middle)):
                least = middle
            else:
                most = middle
    return _rounded(_oklab(lightness, a * least, b * least))


def _shown(color: Rgb) -> bool:
    return all(-0.002 <= each <= 1.002 for each in color)


def _rounded(color: Rgb) -> Rgb:
    red, green, blue = (round(255 * min(1.0, max(0.0, each))) / 255 for each in color)
    return red, green, blue


_Scales = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
_UNIT: _Scales = ((1, 1), (1, 1), (1, 1))
_BYTES: _Scales = ((255, 1), (255, 1), (255, 1))
_HUE_FIRST: _Scales = ((1, 0), (100, 1), (100, 1))
#: notation -> (for each value: which number is one, and what 100% is), and the conversion to sRGB
_SPACES: dict[str, tuple[_Scales, Callable[[float, float, float], Rgb]]] = {
    "rgb": (_BYTES, lambda red, green, blue: (red, green, blue)),
    "srgb": (_UNIT, lambda red, green, blue: (red, green, blue)),
    "srgb-linear": (_UNIT, lambda red, green, blue: _gamma((red, green, blue))),
    "display-p3": (_UNIT, _p3),
    "hsl": (_HUE_FIRST, _hsl),
    "hwb": (_HUE_FIRST, _hwb),
    "lab": (((1, 100), (1, 125), (1, 125)), _lab),
    "lch": (((1, 100), (1, 150), (1, 0)), _polar(_lab)),
    "oklab": (((1, 1), (1, 0.4), (1, 0.4)), _oklab),
    "oklch": (((1, 1), (1, 0.4), (1, 0)), _polar(_oklab)),
}
