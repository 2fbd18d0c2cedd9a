"""Traits of a text that rules use: hosts, share of capitals, similarity to another text."""

from __future__ import annotations

import re

from ...core.addresses import host_of
from ...core.errors import Invalid

# Written so as not to look like a link: hxxp://, example[.]com, example (dot) com.
_DEFANGED = re.compile(r"\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?", re.IGNORECASE)
_HXXP = re.compile(r"\bh(?:xx|tt|\*\*)p(s?)\s?(?::|\[:\])\s?//\s?", re.IGNORECASE)
_LINK = re.compile(
    r"(?<![\w@./-])(?P<sure>https?://(?:[^\s/@?#]*@)?|www\.)?"
    r"(?P<host>\[[0-9a-f:.]+\]|(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)*"
    r"(?:xn--[a-z0-9-]{1,59}|[^\W_](?:[\w-]{0,61}[^\W_])?))(?![\w@-])(?P<path>[:/?#]\S)?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\.[^\W_]|//")  # without one, a text names no host
# Without a scheme, only these endings make a host, so that file names and missing spaces do not.
_ENDINGS = frozenset(
    """
    com net org info biz io co gg xyz top site online shop club live store app dev link click blog
    news pro vip fun icu buzz space website tech world agency casino bet win loan work mobi page
    edu gov eu ru cn de fr uk nl es pl se ch jp kr br mx ar au nz ca tr gr cz hu ro ua kz ir vn th
    ph id hk tw sg za ng ke ly tk ml ga cf gq cc ws tv fm рф
    """.split()  # noqa: SIM905
)
_WORDS_TOO = frozenset("it is in at be no to so my am by do me us as md py sh rs pl ps".split())  # noqa: SIM905


def scan_links(text: str) -> list[str]:
    """The hosts that a text names, each once, in order: as links, bare, or disguised.

    ASCII, lower case, without `www.`. Email addresses, file names and versions do not count.
    """
    text = _HXXP.sub(r"http\1://", _DEFANGED.sub(".", text))
    if not _DOTTED.search(text):
        return []
    hosts: dict[str, None] = {}
    for found in _LINK.finditer(text):
        if not found["sure"] and not _is_bare_host(found["host"], bool(found["path"])):
            continue
        try:
            host = host_of(f"http://{found['host']}/").removeprefix("www.")
        except Invalid:
            continue
        if found["sure"] != "www." or "." in host:
            hosts[host] = None
    return list(hosts)


def _is_bare_host(host: str, has_path: bool) -> bool:
    name, dot, ending = host.rpartition(".")
    # "end.Then" is a missing space; "EXAMPLE.COM" is an address.
    if not dot or (ending[0].isupper() and not name.isupper()) or name.isdigit():
        return False
    ending = ending.lower()
    return ending in _ENDINGS or (has_path and ending in _WORDS_TOO) or ending.startswith("xn--")


def shouting(text: str) -> float:
    """The share of capitals among letters with case; 0 if there are fewer than ten."""
    upper = sum(map(str.isupper, text))
    cased = upper + sum(map(str.islower, text))
    return upper / cased if cased >= 10 else 0.0


def similarity(one: str, other: str) -> float:
    """The similarity of two texts, 0 to 1: the share of character 4-grams that both have.

    Case, spaces and punctuation are ignored, so that a copy with other punctuation is still a copy.
    """
    first, second = _bones(one), _bones(other)
    if first == second:
        return 1.0 if first else 0.0
    left, right = _shingles(first), _shingles(second)
    both = len(left & right)
    return both / (len(left) + len(right) - both) if both else 0.0


def _bones(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold())) or "".join(text.split())


def _shingles(bones: str) -> set[str]:
    return {bones[i : i + 4] for i in range(max(1, len(bones) - 3))}
