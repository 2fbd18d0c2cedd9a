"""The look of a site's comment box: settings, presets, and a preview as readers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for

from ...core.locale import direction
from ...sites.look.accent import fitted
from ...sites.look.looks import PRESETS
from ...sites.look.sheets import sheet_of
from ...sites.queries import policy_of
from ...web import headers
from ...web.auth import requires, viewer
from ...web.limits import limit
from ..blueprints import dashboard
from ..desk.acts import value_in_words
from ..page import go, language, my_site, page, staff_page, tell, text_of, words_of
from . import policy_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...core.errors import Invalid
    from ...sites.models import Site

#: The preview's switches, by name: not stored, and the first option is the default.
SWITCHES = {
    "size": ("desk", "phone"),
    "scheme": ("light", "dark"),
    "direction": ("ltr", "rtl"),
    "state": ("long", "empty", "closed", "error"),
}


@dashboard.get("/sites/<key>/look")
@limit("read")
@requires("set_policy")
def look(key: str) -> Response:
    """The form with the settings in force."""
    return _form(my_site(key, "set_policy"))


@dashboard.post("/sites/<key>/look")
@limit("manage")
@requires("set_policy")
def set_look(key: str) -> Response:
    """Save what changed, or fill the form with a preset; after a mistake nothing is saved and the
    form comes back as it was typed."""
    site = my_site(key, "set_policy")
    if preset := PRESETS.get(request.form.get("preset", "")):
        return _form(site, _filled(request.form, preset))
    changes, errors = policy_fields.read(request.form, policy_of(site), look=True)
    errors = errors or policy_fields.save(site, changes, viewer().user)
    if errors:
        policy_fields.refuse(errors)
        return _form(site, request.form, errors)
    tell("good", words_of("done.saved"))
    return go("dashboard.look", key=key)


@dashboard.get("/sites/<key>/look/accent")
@limit("read")
@requires("set_policy")
def accent_shades(key: str) -> Response:
    """The contrast of the colors on readers' pages, while they are typed."""
    my_site(key, "set_policy")
    typed = (text_of(request.args, name, 100) for name in ("accent", "accent_dark"))
    return page("dashboard/accent.html", shades=fitted(*typed))


@dashboard.post("/sites/<key>/look/css")
@limit("read")
@requires("set_policy")
def css_problems(key: str) -> Response:
    """The parts of a style sheet that may not be served, while it is typed."""
    my_site(key, "set_policy")
    return page("dashboard/css_problems.html", problems=_problems(request.form.get("own_css", "")))


def _problems(css: str) -> list[str]:
    return [each.say(language()) for each in sheet_of(css.replace("\r\n", "\n").strip()).problems]


def _filled(form: Mapping[str, str], preset: Mapping[str, Any]) -> dict[str, str]:
    """The form as it was typed, with the settings of a preset."""
    kept = {name: value for name, value in form.items() if name not in preset}
    chosen = {name: "on" if value is True else value for name, value in preset.items()}
    return {**kept, **{name: value for name, value in chosen.items() if value is not False}}


def _form(
    site: Site,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Invalid] | None = None,
) -> Response:
    """The form with what is stored or was typed, and its preview."""
    locale = language()
    words = {name: error.say(locale) for name, error in (errors or {}).items()}
    fields = policy_fields.fields(policy_of(site), typed, words, look=True)["look"]
    values = {each.name: each.value for each in fields}
    given = typed or {"direction": direction(locale)}
    chosen = {
        name: given[name] if given.get(name) in options else options[0]
        for name, options in SWITCHES.items()
    }
    asked: dict[str, Any] = {name: "on" if each is True else each for name, each in values.items()}
    asked |= {name: each for name, each in chosen.items() if name != "size"}
    asked = {name: each for name, each in asked.items() if each is not False and name != "own_css"}
    headers.allow("frame-src", "'self'")
    return staff_page(
        "dashboard/look.html",
        status=422 if errors else 200,
        section="sites",
        site=site,
        tab="look",
        fields=fields,
        errors=words,
        unsaved=typed is not None and any(policy_fields.read(typed, policy_of(site), look=True)),
        in_words=value_in_words,
        shades=fitted(values["accent"], values["accent_dark"]),
        problems=_problems(values["own_css"]),
        presets=PRESETS,
        switches=SWITCHES,
        chosen=chosen,
        preview=url_for("embed_look", site=site.key, locale=locale, **asked),
        page_data={"presets": PRESETS},
    )
