"""The CSS for a site's look settings, and presets of these. Default settings need no CSS."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...core.errors import Invalid
from ..policy import KNOBS, check_shown
from .accent import fitted
from .sheets import sheet_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..policy import Policy

_SANS = 'system-ui,-apple-system,"Segoe UI",Roboto,sans-serif'
#: Everything with corners, in the box and in the sign-in window.
_CORNERS = (
    ":root :is(.field,.note,.ask,.panel,.do,.plain,.tools button,label>input:not([type]),"
    ".panel textarea,p.more a,.pop input:not([type=checkbox]),.pop textarea)"
)
_FACES = ":root .face"
#: By setting and value. Sizes in rem grow with `large`; `small` leaves them unchanged, so that
#: neither fields (16 px, else phones zoom in) nor buttons become smaller.
_RULES: dict[str, dict[str, str]] = {
    "typeface": {
        "sans": f":root{{--serif:{_SANS}}}",
        "serif": ":root{font-family:var(--serif)}",
        # the page hands its own over (static/embed/parts/typeface.js); until then, the system's
        "page": f":root{{--serif:var(--typeface,system-ui),{_SANS};font-family:var(--serif)}}",
    },
    "text_size": {
        "small": "body{font-size:.9375rem}.by{font-size:.9rem}",
        "large": ":root{font-size:18px}",
    },
    "corners": {
        "square": f"{_CORNERS}{{border-radius:0}}{_FACES},:root #new button{{border-radius:0}}",
        "round": f"{_CORNERS}{{border-radius:1.2rem}}",
    },
    "density": {
        "compact": (
            ":root{line-height:1.42}.top{padding-block:.4rem .5rem}.list{margin-top:.2rem}"
            ".list>.c{padding-block:.6rem .2rem}.replies>li{padding-top:.45rem}.text{margin-block:0 .1rem}"
            ".note{padding-block:.4rem;margin-bottom:.5rem}"
        ),
    },
    "width": {"full": "main{max-width:none}"},
    "form_place": {"below": ".list~:is(.write,.note){margin-top:1.1rem}"},
}
_NO_FACES = ".face{display:none}article,.replies article{padding-inline-start:0}"

#: Presets; their names are in the catalogs.
PRESETS: dict[str, dict[str, Any]] = {
    "newspaper": {
        "accent": "#7a1f1f",
        "accent_dark": "#e6a39a",
        "typeface": "serif",
        "text_size": "normal",
        "corners": "square",
        "density": "comfortable",
        "avatars": False,
        "width": "reading",
        "form_place": "above",
        "sort_place": "list",
        "reactions_place": "top",
    },
    "blog": {
        "accent": "#0b6e4f",
        "accent_dark": "#7fd1ae",
        "typeface": "page",
        "text_size": "large",
        "corners": "soft",
        "density": "comfortable",
        "avatars": True,
        "width": "reading",
        "form_place": "above",
        "sort_place": "list",
        "reactions_place": "top",
    },
    "app": {
        "accent": "#5b3df5",
        "accent_dark": "#b3a6ff",
        "typeface": "sans",
        "text_size": "normal",
        "corners": "round",
        "density": "comfortable",
        "avatars": True,
        "width": "full",
        "form_place": "above",
        "sort_place": "list",
        "reactions_place": "top",
    },
    "familiar": {
        "accent": "#385898",
        "accent_dark": "#9ab8f0",
        "typeface": "sans",
        "text_size": "small",
        "corners": "soft",
        "density": "compact",
        "avatars": True,
        "width": "full",
        "form_place": "above",
        "sort_place": "list",
        "reactions_place": "top",
    },
}


def css_of(policy: Policy) -> str:
    """The CSS that a page of the box contains after its own styles."""
    chosen = (rules.get(getattr(policy, name), "") for name, rules in _RULES.items())
    faces = "" if policy.avatars else _NO_FACES
    own = sheet_of(policy.own_css).css if policy.own_css else ""
    return _accent(policy.accent, policy.accent_dark) + "".join(chosen) + faces + own


def tried(policy: Policy, given: Mapping[str, str]) -> Policy:
    """The policy with the valid values from a look form, for a preview; nothing is stored."""
    changes: dict[str, Any] = {}
    for knob in KNOBS.values() if "typeface" in given else ():
        if knob.group != "look" or (knob.kind != "check" and knob.name not in given):
            continue
        value = knob.name in given if knob.kind == "check" else given[knob.name].strip()
        with suppress(Invalid):
            knob.check(value)
            if knob.name != "own_css":  # its allowed part is shown
                check_shown(knob.name, value)
            changes[knob.name] = value
    return replace(policy, **changes)


@lru_cache(maxsize=256)
def _accent(light: str, dark: str) -> str:
    """The owner's colors as custom properties, adjusted to each scheme. Only colors pass."""
    rules = {
        each.scheme: f"{{--accent:{each.color};--on-accent:{each.ink}}}"
        for each in fitted(light, dark)
    }
    css = f":root:root{rules['light']}" if "light" in rules else ""
    if on_dark := rules.get("dark"):
        css += (
            f"[data-scheme=dark]:root{on_dark}"
            f"@media(prefers-color-scheme:dark){{[data-scheme=auto]:root{on_dark}}}"
        )
    return css
