"""How a site's box looks, as CSS: nothing for who changes nothing, and each setting its own."""

from __future__ import annotations

import pytest

from commentsvc.sites.look.looks import PRESETS, css_of
from commentsvc.sites.policy import KNOBS, Policy
from tests.tables import every_row

#: Where the parts stand is the order of the page itself, so that keyboards follow it.
PLACES = {"form_place": "below", "sort_place": "heading", "reactions_place": "end"}
LOOK = [knob for knob in KNOBS.values() if knob.group == "look" and knob.name not in PLACES]


def test_it_works() -> None:
    css = css_of(Policy(accent="#0b3d2e", accent_dark="#9fd", corners="square", avatars=False))
    assert ":root:root{--accent:#0b3d2e;--on-accent:#ffffff}" in css
    assert "[data-scheme=dark]:root{--accent:#9fd;--on-accent:#000000}" in css
    assert "border-radius:0" in css and ".face{display:none}" in css


def test_a_site_that_changes_nothing_adds_nothing() -> None:
    assert css_of(Policy()) == ""


def test_no_style_reorders_what_is_seen() -> None:
    css = css_of(Policy(**PLACES))
    assert css == css_of(Policy(form_place="below"))  # room above the form
    assert css.endswith("{margin-top:1.1rem}") and css.count("{") == 1


@every_row("knob", LOOK)
def test_every_choice_but_the_default_says_something_of_its_own(knob) -> None:
    choices = [each for each in knob.options if each != knob.default]
    if knob.kind == "check":
        choices = [not knob.default]
    elif knob.kind == "text":
        choices = [".by{font-weight:700}" if knob.name == "own_css" else "teal"]
    found = [css_of(Policy(**{knob.name: each})) for each in choices]
    assert all(found) and len(set(found)) == len(found)


def test_a_color_for_dark_pages_alone_leaves_the_light_ones() -> None:
    css = css_of(Policy(accent_dark="#9fd"))
    assert css.startswith("[data-scheme=dark]:root{--accent:#9fd;")


def test_an_unreadable_color_is_fitted() -> None:
    """Black on dark pages, whichever field it stands in."""
    for given in ({"accent": "black"}, {"accent_dark": "black"}):
        css = css_of(Policy(**given))
        assert (
            "[data-scheme=dark]:root{--accent:#" in css and "dark]:root{--accent:black" not in css
        )


@pytest.mark.parametrize("name", PRESETS)
def test_no_preset_is_the_default_or_another(name: str) -> None:
    others = [css_of(Policy(**each)) for other, each in PRESETS.items() if other != name]
    css = css_of(Policy(**PRESETS[name]))
    assert css and css not in others
