"""Texts that a site's staff write in several languages: which one is read, and what is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.errors import Invalid
from ...core.locale import DEFAULT, available, plain
from ...sites.queries import policy_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from ...sites.models import Site


def default_language(site: Site) -> str:
    """The site's own language, which such a text must have."""
    return policy_of(site).locale or DEFAULT


def language_among(languages: Collection[str], locale: str | None, site: Site) -> str:
    """The one of these for a locale (if need be without its country), else the site's own, else the
    first."""
    wanted = [locale, plain(locale), locale.partition("_")[0]] if locale else []
    wanted.append(default_language(site))
    return next(each for each in (*wanted, *languages) if each in languages)


def check(language: str, text: str, *, longest: int, name: str) -> None:
    """Check one such text of a form. Raises `Invalid` for an unknown language or a long text."""
    if language not in available():
        raise Invalid("invalid.canned_language", field="language")
    if len(text) > longest:
        raise Invalid("invalid.too_long", n=longest, field=f"{name}_{language}")
