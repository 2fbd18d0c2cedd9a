"""Sites for their staff: which ones they moderate, and their policies."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint

from ..core.errors import Invalid
from ..moderation.lessons import forget_lessons, overview
from ..sites import commands
from ..sites.policy import SECURED, check_shown, from_dict
from ..sites.queries import by_key, policy_of, role_of
from ..sites.sections.commands import (
    add_section,
    change_section,
    remove_section,
    section_of,
    set_section_policy,
)
from ..sites.sections.queries import section_called, sections_of, within
from ..web.auth import my_sites, require_hidden, viewer
from ..web.problems import WrongShape
from ..web.proving import require_fresh
from .operation import operation
from .schemas import requests, responses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..sites.models import Site
    from ..sites.sections.queries import Section

sites = Blueprint("api_sites", __name__)


@operation(
    sites,
    "GET",
    "/sites",
    limit="moderate",
    needs="staff",
    answers={200: responses.SiteList},
    problems=(403,),
)
def list_sites() -> dict[str, Any]:
    """List the sites you moderate."""
    user = viewer().user
    return {
        "items": [
            {"key": site.key, "name": site.name, "role": role_of(user, site)}
            for site in my_sites("moderate")
        ]
    }


@operation(
    sites,
    "GET",
    "/sites/<key:site_key>/policy",
    limit="manage",
    needs="staff",
    query=requests.SectionQuery,
    answers={200: responses.PolicyShape},
    problems=(404,),
)
def get_policy(site_key: str, query: dict[str, Any]) -> dict[str, Any]:
    """Get a site's policy, or that of one section. The response contains every setting an owner can change,
    with its current value."""
    site = _site(site_key)
    return {"policy": asdict(within(policy_of(site), _section(site, query)))}


@operation(
    sites,
    "PATCH",
    "/sites/<key:site_key>/policy",
    limit="manage",
    needs="staff",
    body=requests.PolicyIn,
    query=requests.SectionQuery,
    answers={200: responses.PolicyShape},
    problems=(404,),
)
def change_policy(site_key: str, body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Change a site's policy, or that of one section. Fields that you do not send stay as they are. In a
    section, a field set to the site's value follows the site from then on."""
    site, changes = _site(site_key), body["policy"]
    section = _section(site, query)
    now = within(policy_of(site), section)
    mistakes = [found for name in changes if (found := _mistake({name: changes[name]}, name))]
    if not mistakes and (found := _mistake({**asdict(now), **changes})):
        mistakes = [found]
    if mistakes:
        raise WrongShape(mistakes)
    if SECURED & changes.keys():
        require_fresh()
    if section is not None:
        policy = set_section_policy(site, section.code, changes, by=viewer().user)
    else:
        policy = commands.set_policy(site, changes, by=viewer().user)
    return {"policy": asdict(policy)}


@operation(
    sites,
    "GET",
    "/sites/<key:site_key>/sections",
    limit="manage",
    needs="staff",
    answers={200: responses.SectionList},
    problems=(404,),
)
def list_sections(site_key: str) -> dict[str, Any]:
    """List a site's sections. Each has the settings that differ from the site's policy."""
    return {"items": [each.as_dict() for each in sections_of(_site(site_key))]}


@operation(
    sites,
    "PUT",
    "/sites/<key:site_key>/sections/<key:code>",
    limit="manage",
    needs="staff",
    body=requests.SectionIn,
    answers={200: responses.SectionShape},
    problems=(404, 409),
)
def put_section(site_key: str, code: str, body: dict[str, Any]) -> dict[str, Any]:
    """Add a section, or change its name and addresses.

    `patterns` are paths (`/sport`, with everything below) or whole addresses, in which `*` stands for any
    text. Change its policy with `PATCH /sites/{site_key}/policy?section={code}`.
    """
    site, by = _site(site_key), viewer().user
    if section_called(site, code):
        return change_section(site, code, **body, by=by).as_dict()
    return add_section(site, **body, code=code, by=by).as_dict()


@operation(
    sites,
    "DELETE",
    "/sites/<key:site_key>/sections/<key:code>",
    limit="manage",
    needs="staff",
    answers={204: None},
    problems=(404,),
)
def delete_section(site_key: str, code: str) -> None:
    """Remove a section. Its conversations follow the site's policy again."""
    remove_section(_site(site_key), code, by=viewer().user)


@operation(
    sites,
    "GET",
    "/sites/<key:site_key>/spam-lessons",
    limit="manage",
    needs="staff",
    answers={200: responses.SpamLessons},
    problems=(404,),
)
def get_learned(site_key: str) -> dict[str, Any]:
    """Count the decisions the spam filter has learned from on this site. `missing` says how many more
    it needs before it uses them."""
    return asdict(overview(_site(site_key)))


@operation(
    sites,
    "DELETE",
    "/sites/<key:site_key>/spam-lessons",
    limit="manage",
    needs="staff",
    answers={200: responses.SpamLessons},
    problems=(404,),
)
def forget_learned(site_key: str) -> dict[str, Any]:
    """Make the spam filter forget what it has learned on this site."""
    site = _site(site_key)
    forget_lessons(site, by=viewer().user)
    return asdict(overview(site))


def _mistake(policy: Mapping[str, Any], *changed: str) -> tuple[str, Invalid] | None:
    """The error in these fields of a policy, and its place; changed ones also pass
    `check_shown`."""
    try:
        whole = from_dict(policy)
        for name in changed:
            check_shown(name, getattr(whole, name))
    except Invalid as error:
        name = str(error.field)[:100].replace("~", "~0").replace("/", "~1")
        return f"#/policy/{name}", error
    return None


def _section(site: Site, query: Mapping[str, Any]) -> Section | None:
    return section_of(site, query["section"]) if query.get("section") else None


def _site(key: str) -> Site:
    site = by_key(key)
    require_hidden("set_policy", site, "site")
    return site
