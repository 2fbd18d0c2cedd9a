"""Contact details that readers may publish: the site's own, and those that its owner lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .digits import digits_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOST = re.compile(r"https?://(?:\*\.)?([^\s:/]+)")


@lru_cache(maxsize=256)
def contacts_of(lines: tuple[str, ...], origins: str) -> Contacts:
    """The contacts of a site with this list in its policy and these origins."""
    return Contacts.of((*lines, *_HOST.findall(origins)))


@dataclass(frozen=True)
class Contacts:
    """Contacts that readers may publish: email addresses, whole email domains, numbers."""

    emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, lines: Iterable[str]) -> Contacts:
        """Contacts from lines as an owner types them."""
        emails, domains, numbers = set(), set(), set()
        for line in lines:
            entry = line.strip().casefold()
            digits = digits_of(entry)
            if "@" in entry.strip("@"):
                emails.add(entry)
            elif re.search(r"[^\W\d]", entry):
                domains.add(entry.lstrip("@").removeprefix("www."))
            elif digits:
                numbers.add(_national(digits))
        return cls(frozenset(emails), frozenset(domains), frozenset(numbers))

    def allow(self, kind: str, written: str) -> bool:
        """Whether this contact is one of them, however it is written."""
        if kind == "email":
            address = written.casefold()
            domain = address.rpartition("@")[2]
            parts = domain.split(".")
            whole = {".".join(parts[at:]) for at in range(len(parts))}
            return address in self.emails or bool(whole & self.domains)
        return _national(digits_of(written)) in self.numbers


def _national(digits: str) -> str:
    """The part of a number that is the same with and without a country code."""
    return digits[-9:] if len(digits) > 9 else digits.lstrip("0")
