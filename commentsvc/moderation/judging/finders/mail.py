"""Email addresses, also as people write them to hide them from machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span

_LOCAL = r"[^\W_](?:[\w.+\-]{0,62}[\w+\-])?"
_PLAIN = re.compile(
    rf"(?<![\w.+@/\-])({_LOCAL})@((?:[\w\-]{{1,63}}\.){{1,6}}[^\W\d_]{{2,24}})(?![\w@])"
)
_AT = r"(?:\s*[\[({<]\s*(?:at|@|arroba|chez|ät)\s*[\])}>]\s*|\s*@\s*|\s+(?:at|arroba|\(a\))\s+)"
_DOT = (
    r"(?:\s*[\[({<]\s*(?:dot|\.|punkt|point|punto|ponto|nokta)\s*[\])}>]\s*"
    r"|\s+(?:dot|punkt|punto|ponto)\s+|\.)"
)
_HIDDEN = re.compile(
    rf"(?<![\w.+@\-])({_LOCAL})({_AT})((?:[\w\-]{{1,63}}{_DOT}){{1,3}}[^\W\d_]{{2,12}})(?!\w)",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"@|[\[({<]\s*(?:at|arroba|ät)\s*[\])}>]|\s(?:dot|punkt|punto|ponto)\s", re.IGNORECASE
)
_ENDING = re.compile(
    r"(?:^|\W)(?:com|net|org|info|biz|edu|gov|[a-z]{2}|xyz|app|dev|online)$", re.IGNORECASE
)
_PROVIDERS = frozenset(
    """
    gmail googlemail hotmail outlook live yahoo ymail icloud me aol gmx web mail proton protonmail pm
    t-online freenet orange wanadoo laposte free libero tin virgilio wp o2 onet interia yandex bk uol
    terra bol ziggo kpnmail telenet bluewin sky btinternet msn
    """.split()  # noqa: SIM905
)
# "shop at example dot com" names a place, not a person.
_VERBS = frozenset(
    """
    look shop order available me us it them him her you here there see find buy found read sold sell
    work works worked is are was were be out up over back posted people stuff more only info
    """.split()  # noqa: SIM905
)
#: Mailboxes of offices: whoever writes to them reaches nobody in person.
_OFFICES = frozenset(
    """
    info contact contacts kontakt contacto contato contatti press presse prensa office buero redaktion
    redaction redaccion editor editors letters leserbriefe support help hello mail post admin webmaster
    service customerservice customer.service sales enquiries inquiries noreply no-reply feedback news
    newsdesk newsroom tips abuse privacy datenschutz jobs comments planning council
    """.split()  # noqa: SIM905
)


def emails(text: str) -> Iterator[Span]:
    """Where addresses of persons stand."""
    if not _HINT.search(text):
        return
    for found in _PLAIN.finditer(text):
        if found[1].lower() not in _OFFICES:
            yield found.span()
    for found in _HIDDEN.finditer(text):
        if _is_address(*found.groups()):
            yield found.span()


def _is_address(local: str, at: str, domain: str) -> bool:
    """Of something that may also be two words with "at" between them."""
    if local.lower() in _OFFICES or not _ENDING.search(domain):
        return False
    if at.strip()[0] in "[({<":
        return True
    plain = re.fullmatch(r"[\w\-]+(?:\.[\w\-]+)*", domain)  # "look at example.com"
    first = re.split(r"\W", domain, maxsplit=1)[0].lower()
    known = first in _PROVIDERS and local.lower() not in _VERBS
    if plain:
        return known and "@" in at
    return known or (local.lower() not in _VERBS and bool(re.search(r"@|[\d._\-]", local + at)))
