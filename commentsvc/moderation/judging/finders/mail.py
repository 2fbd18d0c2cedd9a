"""Email addresses, including spellings meant to hide them from machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span

_LOCAL = r"[^\W_](?:[\w.+\-]{0,62}[\w+\-])?"
_PLAIN = re.compile(
    rf"(?<![\w.+@/\-])({_LOCAL})@((?:[\w\-]{{1,63}}\.){{1,6}}[^\W\d_]{{2,24}})(?![\w@]|:[\w~/])"
)
# Names for "@" and ".", in brackets, and words that are written for nothing else.
_ATS = "arroba|chiocciola|arobase|klammeraffe|apenstaartje|ma[łl]pa|собака|ät"
_DOTS = "dot|punkt|punto|ponto|point|nokta|kropka|точка|punt"
_AT = (
    rf"(?:\s*[\[({{<]\s*(?:at|@|chez|a|{_ATS})\s*[\])}}>]\s*|\s*@\s*|\s+(?:at|{_ATS})\s+"
    r"|[_\-](?:at|arroba)[_\-])"
)
_DOT = (
    rf"(?:\s*[\[({{<]\s*(?:\.|{_DOTS})\s*[\])}}>]\s*|\s+(?:{_DOTS})\s+|[_\-](?:dot|punkt)[_\-]"
    r"|\s\.\s|\.)"
)
_NAME = r"[^\W_][\w+\-]{0,62}?"
_HIDDEN = re.compile(
    rf"(?<![\w.+@\-])({_NAME}(?:{_DOT}{_NAME}){{0,2}})({_AT})"
    rf"((?:[^\W_][\w\-]{{0,62}}?{_DOT}){{1,3}}[^\W\d_]{{2,12}})(?!\w)",
    re.IGNORECASE,
)
_APART = re.compile(r"(?<!\S)(?:\S ){2,64}@(?: \S){4,64}(?!\S)")
_HINT = re.compile(
    rf"@|[\[({{<]\s*(?:at|a|{_ATS})\s*[\])}}>]|[\s_\-](?:{_DOTS})[\s_\-]|\s(?:{_ATS})\s"
    r"|\sat\s+(?:gmail|hotmail|yahoo|outlook|icloud|proton|gmx|web|aol)\b",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(?:^|[\W_])(?:com|net|org|info|biz|edu|gov|[a-z]{2}|xyz|app|dev|online)$", re.IGNORECASE
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
#: Mailboxes of organizations, not of a person.
_OFFICES = frozenset(
    """
    info contact contacts kontakt contacto contato contatti press presse prensa office buero redaktion
    redaction redaccion editor editors letters leserbriefe support help hello mail post admin webmaster
    service customerservice customer.service sales enquiries inquiries noreply no-reply feedback news
    newsdesk newsroom tips abuse privacy datenschutz jobs comments planning council
    """.split()  # noqa: SIM905
)


# Words that introduce an email address; commands that connect to a host.
_CUE = re.compile(
    r"\b(?:e-?mail\w*|mail|write|contact|reach|send|address|schreib\w*|erreich\w*|escri\w+|correo|[eé]cri\w+|"
    r"courriel|scriv\w+|posta|napisz|pisz|пиши\w*|почта|escreva|yaz|stuur)\b[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"\b(?:ssh|scp|sftp|rsync|clone|docker|svn|mosh)\b[^\n]{0,30}$")
_ONLY_AT = re.compile(rf"@|[\[({{<_]|\b(?:{_ATS})\b", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w.+@\-])([^\W_][\w.+\-]{1,62}) (?:at|arroba|@) (?:gmail|hotmail|yahoo|outlook|icloud|"
    r"proton)\b(?!\s*\.)",
    re.IGNORECASE,
)
_NEAR = 45


def emails(text: str) -> Iterator[Span]:
    """Spans of people's email addresses."""
    if not _HINT.search(text):
        return
    for found in _PLAIN.finditer(text):
        if found[1].lower() not in _OFFICES and not _is_command(text, found.start(), found[1]):
            yield found.span()
    for found in _APART.finditer(text):
        if _PLAIN.fullmatch(found[0].replace(" ", "").rstrip(".,;!?")):
            yield found.span()
    for found in _HIDDEN.finditer(text):
        local, at, domain = found.groups()
        if _is_command(text, found.start(), local):
            continue
        if _is_address(local, at, domain, cued=_is_cued(text, found.start())):
            yield found.span()
    for found in _BARE.finditer(text):
        if found[1].lower() not in _VERBS and (
            re.search(r"[\d._+\-]", found[1]) or _is_cued(text, found.start())
        ):
            yield found.span()


def _is_cued(text: str, start: int) -> bool:
    return bool(_CUE.search(text, max(0, start - _NEAR), start))


def _is_command(text: str, start: int, local: str) -> bool:
    return local == "git" or bool(_COMMAND.search(text, max(0, start - _NEAR), start))


def _is_address(local: str, at: str, domain: str, *, cued: bool) -> bool:
    """Whether this is an address, and not just two words with "at" between them."""
    if local.lower() in _OFFICES or not _ENDING.search(domain):
        return False
    if at.strip()[0] in "[({<":
        return True
    first = re.split(r"\W", domain, maxsplit=1)[0].lower()
    known = first in _PROVIDERS
    word = re.fullmatch(r"[^\W\d_]+", local)
    if word and local.lower() in _VERBS:
        return False
    if re.fullmatch(r"[\w\-]+(?:\.[\w\-]+)*", domain) and not re.search(
        r"[_\-]dot[_\-]", domain, re.I
    ):
        # "look at example.com", "the party @ example.org"
        return (known and ("@" in at or not word)) or (cued and not word) or (cued and "@" in at)
    return known or cued or not word or at.strip() == "AT" or bool(_ONLY_AT.search(at))
