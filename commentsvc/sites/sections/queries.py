"""Sections of a site: addresses that are one part of it, with settings of their own.

A section says which addresses belong to it and where its policy differs from the site's; everything else it
inherits. `sites.queries.policy_of(site, address)` is the only place that puts the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from ...core.errors import Invalid
from ..policy import KNOBS
from .patterns import match

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..models import Site
    from ..policy import Policy

MOST = 50  # of one site
MOST_PATTERNS = 50  # of one section
MOST_PATTERN = 300  # characters
MOST_NAME = 80

_SITE_GROUPS = ("look", "sign_in", "addresses", "moderators", "trust")
#: What is the same on the whole site: it concerns people, pages of the site, or what an address is.
SITE_ONLY = frozenset(
    (
        *(name for name, knob in KNOBS.items() if knob.group in _SITE_GROUPS),
        *("sign_up_open", "spam_learning", "index", "profile_cards", "locale"),
    )
)


@dataclass(frozen=True)
class Section:
    """One of them. `code` is its name in addresses and stays; `policy` holds what differs from the site's."""

    code: str
    name: str
    patterns: tuple[str, ...]
    policy: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored and exported."""
        return {
            "code": self.code,
            "name": self.name,
            "patterns": list(self.patterns),
            "policy": dict(self.policy),
        }


def sections_of(site: Site) -> tuple[Section, ...]:
    """The sections of a site, in the order they were added."""
    return _sections(orjson.dumps(site.sections)) if site.sections else ()


def section_called(site: Site, code: str | None) -> Section | None:
    """The section with this code, if the site has one."""
    return next((each for each in sections_of(site) if each.code == code), None)


def within(base: Policy, section: Section | None) -> Policy:
    """What a site's policy, in force or only tried, is in one of its sections. Raises `Invalid`."""
    return base.with_changes(section.policy) if section is not None else base


def section_at(site: Site, address: str | None) -> Section | None:
    """The section to which a canonical address belongs: of several, the one whose pattern says most."""
    return _found(orjson.dumps(site.sections), address) if site.sections and address else None


@lru_cache(maxsize=128)
def _sections(stored: bytes) -> tuple[Section, ...]:
    return tuple(
        Section(each["code"], each["name"], tuple(each["patterns"]), each["policy"])
        for each in orjson.loads(stored)
    )


@lru_cache(maxsize=4096)
def _found(stored: bytes, address: str) -> Section | None:
    page = address.partition("?")[0].partition("#")[0]
    fitting = [
        (sum(len(part) for part in pattern.split("*")), section)
        for section in _sections(stored)
        for pattern in section.patterns
        if fits(pattern, page)
    ]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def fits(pattern: str, page: str) -> bool:
    """Whether a page, as `https://host/path`, is what a pattern means: a path with what stands below it, or,
    with `*`, any text in its place. A pattern without a host is meant on every host of the site."""
    wanted = quote(pattern.partition("://")[2] or pattern, safe="/%*:@!$&'()+,;=~[]-._")
    there = page.partition("://")[2]
    if wanted.startswith("/"):
        there = "/" + there.partition("/")[2]
    if "*" in wanted:
        return match(wanted, there) is not None or match(wanted, there + "/") is not None
    below = wanted.rstrip("/")
    return there.rstrip("/") == below or there.startswith(below + "/")


def tidy_patterns(lines: Iterable[str]) -> tuple[str, ...]:
    """The patterns as they are kept, without repeats. Raises `Invalid` for what fits no address."""
    tidy = tuple(dict.fromkeys(each.strip() for each in lines if each.strip()))
    if not tidy:
        raise Invalid("invalid.section_patterns", field="patterns")
    if len(tidy) > MOST_PATTERNS or max(map(len, tidy)) > MOST_PATTERN:
        raise Invalid("invalid.section_many", field="patterns", n=MOST_PATTERNS, most=MOST_PATTERN)
    for each in tidy:
        host, slash, _ = (each.partition("://")[2] if "://" in each else each).partition("/")
        is_web = each.startswith(("/", "https://", "http://"))
        if not is_web or not slash or any(c in each for c in "?# \x00") or "*" in host:
            raise Invalid("invalid.section_pattern", field="patterns", line=each[:60])
    return tidy


def check_sections(site: Site, base: Policy) -> None:
    """Raises `Invalid` where a site's policy does not go with what a section has of its own."""
    for each in sections_of(site):
        try:
            within(base, each)
        except Invalid as error:
            clash = Invalid("invalid.section_clash", section=each.name, field=error.field)
            raise clash from error
