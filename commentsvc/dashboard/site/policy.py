"""The policy of a site as a page: every field, explained in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request

from ...core.errors import Invalid
from ...core.locale import available, language_name
from ...moderation.judging.finders.help_lines import built_in
from ...moderation.judging.reasons import label_name
from ...moderation.lessons import forget_lessons, overview
from ...sites.hours import zones
from ...sites.policy import MOST_REACTIONS, SECURED, Policy
from ...sites.queries import policy_of
from ...sites.sections.queries import sections_of
from ...threads.reactions import EMOJI
from ...tuning.workload import comments_a_day
from ...web.auth import requires, viewer
from ...web.limits import limit
from ...web.proving import require_fresh
from ..blueprints import dashboard
from ..desk.acts import value_in_words
from ..desk.unread import unread_here
from ..page import go, language, mine, my_site, staff_page, tell, words_of
from . import policy_fields
from .sections import my_section, policy_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...sites.models import Site
    from ...sites.sections.queries import Section


DEFAULTS = Policy()


@dashboard.get("/sites/<key>/policy")
@limit("read")
@requires("set_policy")
def policy(key: str) -> Response:
    """The form with the policy in force."""
    return form_page(my_site(key, "set_policy"))


@dashboard.post("/sites/<key>/policy")
@limit("manage")
@requires("set_policy")
def set_policy(key: str) -> Response:
    """Save what changed; after a mistake, save nothing and show the form as it was typed."""
    site = my_site(key, "set_policy")
    part = my_section(site)
    changes, errors = typed_changes(site, part)
    if SECURED & changes.keys():
        require_fresh()
    errors = errors or policy_fields.save(site, changes, viewer().user, part)
    if errors:
        policy_fields.refuse(errors)
        return form_page(site, request.form, errors)
    tell("good", words_of("done.saved"))
    return go("dashboard.policy", key=key, section=part.code if part else None)


def typed_changes(site: Site, part: Section | None) -> tuple[dict[str, Any], dict[str, Invalid]]:
    """The changes in the form to the policy of a site or section, and its errors."""
    return policy_fields.read(request.form, policy_here(site, part), section=part is not None)


@dashboard.post("/sites/<key>/policy/forget-spam")
@limit("manage")
@requires("set_policy")
def forget_spam_lessons(key: str) -> Response:
    """Forget what the spam filter has learned here; the form keeps what was typed."""
    site = my_site(key, "set_policy")
    forget_lessons(site, by=viewer().user)
    return form_page(site, request.form, forgotten=True)


def form_page(
    site: Site,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Invalid] | None = None,
    **more: Any,
) -> Response:
    """The form with what is stored or was typed, and the results of its tools."""
    part, locale = my_section(site), language()
    stored, base = policy_here(site, part), policy_of(site) if part else None
    words = {name: error.say(locale) for name, error in (errors or {}).items()}
    given = typed if typed is not None else {"comments_a_day": comments_a_day(site) or ""}
    groups = policy_fields.fields(stored, typed, words, base=base)
    limits = policy_fields.limits(stored, typed, base=base)
    return staff_page(
        "dashboard/policy.html",
        status=422 if errors else 200,
        section="sites",
        site=site,
        tab="policy",
        groups=groups,
        limits=limits,
        changed=policy_fields.changed(groups, limits),
        in_words=value_in_words,
        usual=base or DEFAULTS,
        part=part,
        here=part.code if part else None,
        parts=sections_of(site),
        built_in_lines=built_in(),
        errors=words,
        unsaved=typed is not None and any(typed_changes(site, part)),
        **_about_reactions(locale),
        asked={name: given.get(name, "") for name in ("comments_a_day", "readable_a_day", "text")},
        zones=zones(),
        languages=[(each, language_name(each)) for each in available()],
        **unread_here(site, mine("moderate")),
        label_name=lambda label: label_name(label, locale),
        learned=overview(site),
        **more,
    )


def _about_reactions(locale: str) -> dict[str, Any]:
    """The reactions' pictures, how many may be chosen, and the error for unknown ones."""
    return {
        "pictures": EMOJI,
        "most_reactions": MOST_REACTIONS,
        "reactions_wrong": Invalid("invalid.reactions", n=MOST_REACTIONS).say(locale),
    }
