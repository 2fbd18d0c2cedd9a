"""Sections: parts of a site, defined by addresses or tags, with their own settings.

A section has address patterns, tags of pages, and the settings that differ from the site's; it
inherits the rest. Only `sites.queries.policy_of(site, address, tags)` combines them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from ...core.errors import Invalid
from ...core.remembering import remembered
from ..policy import KNOBS
from .patterns import match
from .tags import tidy_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..models import Site
    from ..policy import Policy

MOST = 50  # per site
MOST_PATTERNS = 50  # per section, and as many tags
MOST_PATTERN = 300  # characters
MOST_NAME = 80

_SITE_GROUPS = ("look", "sign_in", "addresses", "moderators", "trust")
#: Settings for the whole site only: they concern people, site pages, or what an address is.
SITE_ONLY = frozenset(
    (
        *(name for name, knob in KNOBS.items() if knob.group in _SITE_GROUPS),
        *("sign_up_open", "spam_learning", "index", "profile_cards", "locale"),
    )
)


@dataclass(frozen=True)
class Section:
    """A section. `code` is permanent, for addresses; `policy` has what differs from the site's."""

    code: str
    name: str
    patterns: tuple[str, ...]
    policy: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As it is stored and exported."""
        return {
            "code": self.code,
            "name": self.name,
            "patterns": list(self.patterns),
            "tags": list(self.tags),
            "policy": dict(self.policy),
        }


def sections_of(site: Site) -> tuple[Section, ...]:
    """The sections of a site, in the order they were added."""
    return _read(orjson.dumps(site.sections)).sections if site.sections else ()


def section_called(site: Site, code: str | None) -> Section | None:
    """The section with this code, if the site has one."""
    return next((each for each in sections_of(site) if each.code == code), None)


def within(base: Policy, section: Section | None) -> Policy:
    """A site's policy, current or proposed, as it applies in a section. Raises `Invalid`."""
    return base.with_changes(section.policy) if section is not None else base


def section_at(site: Site, address: str | None, tags: tuple[str, ...] = ()) -> Section | None:
    """The section of a canonical address: of several, the one with the longest matching pattern.
    Only where no pattern matches, the first section that has one of the page's tags: readers can
    make up tags, but not the address."""
    if not site.sections or not address:
        return None
    return _found(_read(orjson.dumps(site.sections)), address, tags)


@dataclass(frozen=True, eq=False)
class _Read:
    """All sections of a site as they are stored. Compared by identity, as part of a key."""

    sections: tuple[Section, ...]


@remembered(128, longest=16_000, few=8)
def _read(stored: bytes) -> _Read:
    found = tuple(
        Section(
            code=each["code"],
            name=each["name"],
            patterns=tuple(each["patterns"]),
            policy=each["policy"],
            tags=tuple(each.get("tags", ())),
        )
        for each in orjson.loads(stored)
    )
    return _Read(found)


@remembered(4096, longest=500)
def _found(read: _Read, address: str, tags: tuple[str, ...]) -> Section | None:
    page = address.partition("?")[0].partition("#")[0]
    fitting = [
        (sum(len(part) for part in pattern.split("*")), section)
        for section in read.sections
        for pattern in section.patterns
        if fits(pattern, page)
    ]
    if fitting:
        return max(fitting, key=lambda each: each[0])[1]
    return next((each for each in read.sections if not set(tags).isdisjoint(each.tags)), None)


def fits(pattern: str, page: str) -> bool:
    """Whether a page (`https://host/path`) matches a pattern: a path and everything below it, or a
    pattern with `*` for any text. A pattern without a host applies to every host of the site."""
    wanted = quote(pattern.partition("://")[2] or pattern, safe="/%*:@!$&'()+,;=~[]-._")
    there = page.partition("://")[2]
    if wanted.startswith("/"):
        there = "/" + there.partition("/")[2]
    if "*" in wanted:
        return match(wanted, there) is not None or match(wanted, there + "/") is not None
    below = wanted.rstrip("/")
    return there.rstrip("/") == below or there.startswith(below + "/")


def tidy_patterns(lines: Iterable[str]) -> tuple[str, ...]:
    """The patterns as they are stored, deduplicated. Raises `Invalid` for an invalid pattern."""
    tidy = tuple(dict.fromkeys(each.strip() for each in lines if each.strip()))
    if len(tidy) > MOST_PATTERNS or any(len(each) > MOST_PATTERN for each in tidy):
        raise Invalid("invalid.section_many", field="patterns", n=MOST_PATTERNS, most=MOST_PATTERN)
    for each in tidy:
        host, slash, _ = (each.partition("://")[2] if "://" in each else each).partition("/")
        is_web = each.startswith(("/", "https://", "http://"))
        if not is_web or not slash or any(c in each for c in "?# \x00") or "*" in host:
            raise Invalid("invalid.section_pattern", field="patterns", line=each[:60])
    return tidy


def tidy_places(
    patterns: Iterable[str], tags: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The patterns and tags of a section as they are stored. Raises `Invalid`, also for none."""
    tidy = tidy_patterns(patterns), tidy_tags(tags, MOST_PATTERNS)
    if not any(tidy):
        raise Invalid("invalid.section_patterns", field="patterns")
    return tidy


def check_sections(site: Site, base: Policy) -> None:
    """Raises `Invalid` if a site's policy contradicts a section's own settings."""
    for each in sections_of(site):
        try:
            within(base, each)
        except Invalid as error:
            clash = Invalid("invalid.section_clash", section=each.name, field=error.field)
            raise clash from error
