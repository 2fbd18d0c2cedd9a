"""Add, change and remove sections, and change their settings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ...accounts.acts import record
from ...core.db import db, unit_of_work
from ...core.errors import Conflict, Invalid, NotFound
from ...core.typed import tidy_line
from ..queries import policy_of
from .queries import (
    MOST,
    MOST_NAME,
    SITE_ONLY,
    Section,
    section_called,
    sections_of,
    tidy_places,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from ...accounts.models import User
    from ..models import Site
    from ..policy import Policy

_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def section_of(site: Site, code: str) -> Section:
    """The section with this code. Raises `NotFound`."""
    found = section_called(site, code)
    if found is None:
        raise NotFound("not_found.section", field="section")
    return found


def add_section(
    site: Site,
    *,
    name: str,
    patterns: Iterable[str] = (),
    tags: Iterable[str] = (),
    by: User | None,
    code: str | None = None,
) -> Section:
    """Add a section that inherits all settings of the site. The default code comes from its name.
    Raises `Invalid`, or `Conflict` for a code or name that is taken, and beyond `MOST`."""
    name, (tidy, named) = _checked(name), tidy_places(patterns, tags)
    if code is not None and not _CODE.fullmatch(code):
        raise Invalid("invalid.section_code", n=40, field="code")
    with unit_of_work():
        there = sections_of(site)
        if len(there) >= MOST:
            raise Conflict("conflict.sections", n=MOST, field="name")
        _not_taken(there, name, code)
        code = code or _code(name, {each.code for each in there})
        section = Section(code, name, tidy, tags=named)
        _store(site, [*there, section])
        said: dict[str, Any] = {"section": section.code, "section_name": name}
        if named:
            said["tags"] = list(named)
        record("section_added", site_id=site.id, by=by, patterns=list(tidy), **said)
    return section


def change_section(
    site: Site,
    code: str,
    *,
    name: str,
    patterns: Iterable[str] = (),
    tags: Iterable[str] = (),
    by: User | None,
) -> Section:
    """Change a section's name, addresses or tags. Raises `Invalid`, `NotFound`, `Conflict`."""
    name, (tidy, named) = _checked(name), tidy_places(patterns, tags)
    with unit_of_work():
        was = section_of(site, code)
        others = [each for each in sections_of(site) if each.code != code]
        _not_taken(others, name, None)
        section = replace(was, name=name, patterns=tidy, tags=named)
        if section != was:
            _put(site, section)
            changes: dict[str, list[Any]] = {}
            if name != was.name:
                changes["name"] = [was.name, name]
            if tidy != was.patterns:
                changes["patterns"] = [list(was.patterns), list(tidy)]
            if named != was.tags:
                changes["tags"] = [list(was.tags), list(named)]
            said: dict[str, Any] = {"section": code, "section_name": name}
            record("section", site_id=site.id, by=by, changes=changes, **said)
    return section


def remove_section(site: Site, code: str, *, by: User | None) -> None:
    """Remove a section; its pages get the site's settings again. Raises `NotFound`."""
    with unit_of_work():
        was = section_of(site, code)
        _store(site, [each for each in sections_of(site) if each.code != code])
        record("section_removed", site_id=site.id, by=by, section=code, section_name=was.name)


def set_section_policy(
    site: Site,
    code: str,
    changes: Mapping[str, Any],
    *,
    by: User | None,
    inherit: Iterable[str] = (),
    restores: int | None = None,
) -> Policy:
    """Change some settings of a section; those in `inherit` are inherited again. A setting changed
    to the site's value is inherited from then on. `restores` is the version of its policy that this
    restores (history.py). Raises `Invalid` naming the field, `NotFound`."""
    with unit_of_work():
        section, base = section_of(site, code), policy_of(site)
        before = within(base, section)
        own = {**section.policy, **own_values(before, changes)}
        own = {
            name: value
            for name, value in own.items()
            # unchanged settings stay the section's own, even if the site's value is now the same
            if name not in inherit and (name not in changes or value != _plain(base, name))
        }
        made = replace(section, policy=own)
        after = within(base, made)
        if own != dict(section.policy):
            _put(site, made)
            dropped = section.policy.keys() - own.keys()
            _recorded(site, section, before, after, dropped, by=by, restores=restores)
    return after


def own_values(policy: Policy, changes: Mapping[str, Any]) -> dict[str, Any]:
    """These settings as they are stored. Raises `Invalid` for settings of the whole site."""
    for name in changes:
        if name in SITE_ONLY:
            raise Invalid("invalid.section_setting", field=name)
    whole = policy.with_changes(changes)
    return {name: _plain(whole, name) for name in changes}


def restore_sections(site: Site, stored: Iterable[Mapping[str, Any]]) -> None:
    """Restore the sections of a site from an export, without those that are invalid in this
    version. In a unit only."""
    base, made = policy_of(site), list[Section]()
    for each in stored:
        known = {
            name: value for name, value in each.get("policy", {}).items() if name not in SITE_ONLY
        }
        try:
            code, name = str(each["code"]), _checked(str(each["name"]))
            patterns, tags = tidy_places(each["patterns"], each.get("tags", ()))
            _not_taken(made, name, code)
            made.append(Section(code, name, patterns, _valid(base, known), tags))
        except (Invalid, Conflict, KeyError, TypeError, AttributeError):
            continue
    if made:
        _store(site, made[:MOST])


def _valid(base: Policy, own: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in own.items():
        try:
            base.with_changes({**kept, name: value})
        except Invalid:
            continue
        kept[name] = value
    return kept


def _plain(policy: Policy, name: str) -> Any:
    """A setting as JSON."""
    value = getattr(policy, name)
    return list(value) if isinstance(value, tuple) else value


def _recorded(
    site: Site,
    was: Section,
    before: Policy,
    after: Policy,
    dropped: AbstractSet[str],
    *,
    by: User | None,
    restores: int | None,
) -> None:
    """Record the changes; `inherited` names settings that were inherited before. Settings that are
    inherited again (`dropped`) are among them even if the site has the same value: restoring an
    earlier version makes them the section's own."""
    old, new = asdict(before), asdict(after)
    changes = {
        name: [old[name], value]
        for name, value in new.items()
        if value != old[name] or name in dropped
    }
    if not changes:
        return
    said: dict[str, Any] = {} if restores is None else {"version": restores}
    record(
        "policy_restored" if said else "policy",
        site_id=site.id,
        by=by,
        changes=changes,
        section=was.code,
        section_name=was.name,
        inherited=[name for name in changes if name not in was.policy],
        **said,
    )


def _checked(name: str) -> str:
    name = tidy_line(name, "name")
    if not name or len(name) > MOST_NAME:
        raise Invalid("invalid.section_name", n=MOST_NAME, field="name")
    return name


def _not_taken(there: Iterable[Section], name: str, code: str | None) -> None:
    for each in there:
        if each.name.casefold() == name.casefold():
            raise Conflict("conflict.section_name", name=name, field="name")
        if each.code == code:
            raise Conflict("conflict.section_code", code=code, field="code")


def _code(name: str, taken: set[str]) -> str:
    """A code from a name: its Latin letters and digits, with a number if that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32].strip("-") or "section"
    numbers = range(2, MOST + 3)
    return next(each for each in (base, *(f"{base}-{n}" for n in numbers)) if each not in taken)


def _put(site: Site, section: Section) -> None:
    _store(site, [section if each.code == section.code else each for each in sections_of(site)])


def _store(site: Site, sections: Iterable[Section]) -> None:
    site.sections = [each.as_dict() for each in sections] or None
    site.version += 1
    db.session.flush()
