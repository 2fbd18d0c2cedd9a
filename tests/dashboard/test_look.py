"""The page of a site's look: presets fill it, mistakes lose nothing, and changes are logged."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from commentsvc.dashboard.site import policy_fields
from commentsvc.sites import commands as sites
from commentsvc.sites.look.looks import PRESETS
from commentsvc.sites.policy import KNOBS, Policy
from commentsvc.sites.queries import by_key, policy_of
from tests.factories import HREF
from tests.flat import flat

if TYPE_CHECKING:
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

LOOK = "/dashboard/sites/harbour/look"
PREVIEW = "/embed/look"


def typed(policy: Policy, **more: str) -> dict[str, str]:
    """What a browser sends of the form."""
    fields = policy_fields.fields(policy, look=True)["look"]
    sent = {each.name: each.value for each in fields if each.knob.kind != "check"}
    if policy.avatars:
        sent["avatars"] = "on"
    return {**sent, **more}


def now() -> Policy:
    return policy_of(by_key("harbour"))


def test_it_works(cast: Cast, olga: Staff) -> None:
    sites.set_policy(cast.site, {"max_links": 7}, by=cast.olga)
    sent = typed(now(), accent="#0b3d2e", typeface="serif", corners="round")
    del sent["avatars"]
    assert olga.post(LOOK, **sent).status_code == 303
    saved = now()
    assert (saved.accent, saved.typeface, saved.corners) == ("#0b3d2e", "serif", "round")
    assert not saved.avatars and saved.max_links == 7 and saved.guests_may_post
    log = flat(olga.page("/dashboard/log"))
    assert "Typeface: serif headings, sans-serif text → serif" in log


def test_the_policy_page_leaves_the_look_alone(cast: Cast, olga: Staff) -> None:
    sites.set_policy(cast.site, {"avatars": False, "corners": "round"}, by=cast.olga)
    from tests.dashboard.test_pieces import typed as policy_form

    sent = {**policy_form(now()), "max_links": "5"}
    assert olga.post("/dashboard/sites/harbour/policy", **sent).status_code == 303
    assert not now().avatars and now().corners == "round" and now().max_links == 5


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_fills_the_form_and_saves_nothing(cast: Cast, olga: Staff, name: str) -> None:
    before = now()
    answer = olga.post(LOOK, **typed(before), preset=name)
    assert answer.status_code == 200 and now() == before
    page = flat(answer.text)
    for setting, value in PRESETS[name].items():
        field = re.search(rf'data-setting="{setting}".*?(?=data-setting|<section)', page, re.S)
        assert field is not None
        if KNOBS[setting].kind == "choice":
            assert re.search(rf'value="{value}" checked', field[0]), setting
        elif KNOBS[setting].kind == "check":
            assert ("checked" in field[0]) is value
        else:
            assert f'value="{value}"' in field[0]
    shown = unescape(re.search(r'src="(/embed/look[^"]*)"', page)[1])
    assert f"typeface={PRESETS[name]['typeface']}" in shown
    assert ("avatars=on" in shown) is PRESETS[name]["avatars"]
    assert olga.get(shown).status_code == 200


def test_every_preset_sets_everything_that_can_be_chosen() -> None:
    for preset in PRESETS.values():
        look = {name for name, knob in KNOBS.items() if knob.group == "look"}
        assert set(preset) == look - {"own_css"}
        Policy().with_changes(preset)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accent", "greenish"),
        ("accent", "red;}"),
        ("accent_dark", "url(x)"),
        ("typeface", "comic"),
        ("width", ""),
    ],
)
def test_a_mistake_is_told_and_loses_nothing(
    cast: Cast, olga: Staff, name: str, value: str
) -> None:
    before = now()
    sent = typed(before, **{name: value, "corners": "round"})
    answer = olga.post(LOOK, **sent)
    page = flat(answer.text)
    assert answer.status_code == 422 and f'id="e-{name}"' in page and f'href="#f-{name}"' in page
    assert re.search(r'value="round" checked', page)
    assert now() == before


def test_the_contrast_stands_below_the_colors(cast: Cast, olga: Staff) -> None:
    sites.set_policy(cast.site, {"accent": "#0b3d2e"}, by=cast.olga)
    page = flat(olga.page(LOOK))
    assert "On light pages, this color has a contrast of 10.1 to 1." in page
    assert re.search(r"contrast of only 1 to 1, so readers see #[0-9a-f]{6} instead\.", page)


def test_the_contrast_is_told_while_it_is_typed(cast: Cast, olga: Staff) -> None:
    page = olga.page(f"{LOOK}/accent?accent=%230b3d2e")
    assert page.count("contrast") == 2 and "<html" not in page
    both = olga.page(f"{LOOK}/accent?accent=%230b3d2e&accent_dark=%239fd")
    assert "On dark pages, this color has a contrast of" in both and "only" not in both
    assert "contrast" not in olga.page(f"{LOOK}/accent?accent=greenish%3C")


def preview(olga: Staff, **given: str) -> str:
    """As a frame of ours gets it: nobody's."""
    answer = olga.get(
        PREVIEW,
        query_string={"site": "harbour", **given},
        headers={"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    return flat(answer.text)


def test_the_preview_shows_what_was_typed_and_runs_nothing(cast: Cast, olga: Staff) -> None:
    before = now()
    sent = typed(before, accent="#0b3d2e", corners="square", state="long")
    page = preview(olga, **sent)
    assert "--accent:#0b3d2e" in page and "border-radius:0}" in page
    assert "<script" not in page and page.count('<article class="comment"') == 8
    assert now() == before
    answer = olga.post(f"{PREVIEW}?site=harbour", **sent)
    assert flat(answer.text).split("<style>")[1] == page.split("<style>")[1]


def test_the_preview_takes_nothing_that_could_not_be_saved(cast: Cast, olga: Staff) -> None:
    page = preview(olga, **typed(now(), accent="red</style><script>", typeface="comic"))
    assert page.split("</style>")[0] == preview(olga).split("</style>")[0]


@pytest.mark.parametrize(
    ("given", "holds", "lacks"),
    [
        ({"state": "empty"}, 'id="empty"', "<article"),
        ({"state": "closed"}, "This conversation is closed", "<form"),
        ({"state": "error"}, 'class="apart lost"', 'id="lost" hidden'),
        ({"direction": "rtl"}, 'lang="ar" dir="rtl"', 'lang="en"'),
        ({"scheme": "dark"}, 'data-scheme="dark"', 'data-scheme="light"'),
        ({"state": "nonsense", "scheme": "'\"><"}, 'data-scheme="light"', "'\"><"),
    ],
)
def test_the_switches(cast: Cast, olga: Staff, given: dict, holds: str, lacks: str) -> None:
    page = preview(olga, **given)
    assert holds in page and lacks not in page


CSS = ".by{\n  font-weight: 700;\n  display: none\n}"


def test_a_style_sheet_is_kept_as_it_was_typed_and_served_cleaned(cast: Cast, olga: Staff) -> None:
    css = "/* names */\n.by { font-weight: 700 }"
    sent = typed(now(), own_css=css.replace("\n", "\r\n"))
    assert olga.post(LOOK, **sent).status_code == 303
    assert now().own_css == css
    assert css in unescape(olga.page(LOOK))
    answer = olga.get("/embed/thread", query_string={"site": "harbour", "href": HREF})
    style = answer.text.split("<style>")[1].split("</style>")[0]
    assert style.endswith(":root:root .by{font-weight:700}") and "names" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_a_style_sheet_with_a_mistake_comes_back_with_the_list(cast: Cast, olga: Staff) -> None:
    answer = olga.post(LOOK, **typed(now(), own_css=f"{CSS}\n@import 'x';", corners="round"))
    page = unescape(answer.text)
    assert answer.status_code == 422 and CSS in page and now().own_css == ""
    assert "Line 3: the property “display” isn’t allowed here." in page
    assert 'Line 5: “@import "x"” isn’t allowed.' in page


def test_mistakes_are_told_and_the_rest_shows_while_it_is_typed(cast: Cast, olga: Staff) -> None:
    told = olga.post(f"{LOOK}/css", own_css=CSS).text
    assert told.count("<li>") == 1 and "Line 3" in told and "<html" not in told
    assert "<li>" not in olga.post(f"{LOOK}/css", own_css=".by{font-weight:700}").text
    page = flat(olga.post(f"{PREVIEW}?site=harbour", **typed(now(), own_css=CSS)).text)
    assert ":root:root .by{font-weight:700}</style>" in page


@pytest.mark.parametrize("page", ["/embed/sign-in?nonce=" + "0" * 32, "/embed/thread?href=" + HREF])
def test_the_sign_in_window_looks_alike(cast: Cast, olga: Staff, page: str) -> None:
    sites.set_policy(cast.site, {"corners": "square", "own_css": ".do{border-radius:0}"}, by=None)
    text = olga.page(f"{page}&site=harbour")
    assert ".pop input" in text and ":root:root .do{border-radius:0}" in text
