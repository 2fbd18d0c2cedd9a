"""Recreating the site that one of our own exports came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.db import unit_of_work
from ...core.errors import Invalid
from ...moderation.sharing.own_reasons import put_in
from ...sites.commands import add_site, set_app_ids
from ...sites.forums import by_forum, set_forums
from ...sites.policy import from_dict
from ...sites.sections.commands import restore_sections
from ..records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...accounts.models import User
    from ...sites.models import Site
    from .arrange import Reading


def site_in(reading: Reading) -> SiteRecord | None:
    """The site that our own export came from."""
    first = next(iter(reading), None)
    return first if isinstance(first, SiteRecord) else None


def make_site(record: SiteRecord, *, owner: User | None = None, key: str | None = None) -> Site:
    """Recreate the site that our own export came from, with the same key unless another is given.

    Policy rules that this version does not know are left out. Its secret is new. Raises `Conflict`
    for a key that is taken, `Invalid`.
    """
    with unit_of_work():
        site = add_site(
            name=record.name or record.key,
            origins=record.origins,
            owner=owner,
            key=key or record.key,
            policy=_known_rules(record.policy),
        )
        restore_sections(site, record.sections)
        put_in(site, record.reasons)
        if record.app_ids:
            set_app_ids(site, record.app_ids)
        set_forums(site, [each for each in record.forums if by_forum(each) is None])
        site.created_at = record.created_at or site.created_at
    return site


def _known_rules(policy: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in policy.items():
        try:
            from_dict({name: value})
        except Invalid:
            continue
        kept[name] = value
    return kept
