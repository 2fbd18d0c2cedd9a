"""The sections of a site: the addresses and tags that belong to them, and links to their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from flask import Response, request, url_for

from ...core.errors import DomainError, NotFound
from ...sites.queries import policy_of
from ...sites.sections import commands
from ...sites.sections.queries import MOST, section_called, sections_of, within
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go, my_site, refused, staff_page, tell, words_of

if TYPE_CHECKING:
    from ...sites.models import Site
    from ...sites.policy import Policy
    from ...sites.sections.queries import Section


@dashboard.get("/sites/<key>/sections")
@limit("read")
@requires("set_policy")
def sections(key: str) -> Response:
    """All sections of a site, and a form to add one."""
    site = my_site(key, "set_policy")
    return staff_page(
        "dashboard/sections.html",
        section="sites",
        site=site,
        tab="policy",
        parts=sections_of(site),
        most=MOST,
    )


@dashboard.post("/sites/<key>/sections")
@limit("manage")
@requires("set_policy")
def add_section(key: str) -> Response:
    """Add a section; its policy is the next page."""
    site = my_site(key, "set_policy")
    try:
        made = commands.add_section(site, **_typed(), by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.sections", key=key))
    tell("good", words_of("section.added", name=made.name))
    return go("dashboard.policy", key=key, section=made.code)


@dashboard.post("/sites/<key>/sections/<code>")
@limit("manage")
@requires("set_policy")
def change_section(key: str, code: str) -> Response:
    """Change a section's name, addresses or tags."""
    site = my_site(key, "set_policy")
    try:
        commands.change_section(site, code, **_typed(), by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.sections", key=key))
    tell("good", words_of("done.saved"))
    return go("dashboard.sections", key=key)


@dashboard.post("/sites/<key>/sections/<code>/remove")
@limit("manage")
@requires("set_policy")
def remove_section(key: str, code: str) -> Response:
    """Remove a section with its policy."""
    site = my_site(key, "set_policy")
    try:
        commands.remove_section(site, code, by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.sections", key=key))
    tell("good", words_of("section.removed"))
    return go("dashboard.sections", key=key)


def my_section(site: Site) -> Section | None:
    """The section in the page's address; None for the whole site. Raises `NotFound`."""
    code = request.args.get("section")
    found = section_called(site, code) if code else None
    if code and found is None:
        raise NotFound("not_found.section")
    return found


def policy_here(site: Site, part: Section | None) -> Policy:
    """The policy that the page is about."""
    return within(policy_of(site), part)


class _Typed(TypedDict):
    name: str
    patterns: list[str]
    tags: list[str]


def _typed() -> _Typed:
    form = request.form
    return {
        "name": form.get("name", ""),
        "patterns": form.get("patterns", "").splitlines(),
        "tags": form.get("tags", "").split(","),
    }
