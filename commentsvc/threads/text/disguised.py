"""Links that pretend: words that name another host, hosts in letters that look like others."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ...core.addresses import host_of
from ...core.errors import Invalid

_MOST_NAMED = 20  # hosts in the words of one link; more are no name for it
_DOTS = str.maketrans(dict.fromkeys("。．｡․", "."))
# What turns text around, or is not seen at all.
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
# An address names what stands before its path, user and all.
_WITH_SCHEME = re.compile(r"(?:https?:/{1,3}|(?<![\w:/])//)([^\s/?#\\]{1,253})\S*", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w./-])((?:[\w-]{1,63}\.)+[^\W\d_]{2,63})(?![\w@-])")
_MAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,63})(?![\w-])")

_FILE = re.compile(
    r"\s*(?!www\.)[\w-]+\.(?:js|ts|md|py|rs|sh|pl|ps|cc|zip|mov|html?|pdf|txt|php|aspx?|jpe?g|png|gif|docx?|json|css"
    r"|net|io)\s*",
    re.IGNORECASE,
)

# Scripts that one language writes together.
_TOGETHER = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "KATAKANA-HIRAGANA"))
# Letters that are drawn as Latin ones: a word of nothing else is no word of its script.
_DRAWN_LATIN = frozenset("аеорсухіјѕԁһӏԛԝѵьгкмтԍαοιρνυκτωхսոօհցզյᎪᎠᎬᎥᎢɑɡɩɪʏʙɢʜʟɴʀıꞮꜱᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ")


def real(words: str, href: str, *, turned: bool = False) -> str:
    """What has to be said after a link: where it leads, if its words say otherwise; "" if they do not.
    `turned`: something around it writes text backwards."""
    words = _read(words)
    readings = (words, words[::-1]) if turned else (words,)
    if href.lower().startswith("mailto:"):
        return _real_mail(readings, href[7:])
    host = host_of(href)
    named = [each for reading in readings for each in _named(reading)]
    if any(_plain_host(each) != host.removeprefix("www.") for each in named):
        return host
    shown = any(each.isascii() for each in named)  # then the words say it as it is
    return host if is_lookalike(host) and not shown else ""


def deceives(words: str, href: str) -> bool:
    """Whether a link that `real` had to explain may be meant to deceive: not by a file's name, nor by a
    domain that its host belongs to."""
    if not href.startswith("http") or _FILE.fullmatch(words):
        return False
    host, named = host_of(href), [_plain_host(each) for each in _named(_read(words))]
    return (
        is_lookalike(host)
        or not named
        or any(not f".{host}".endswith(f".{each}") for each in named)
    )


def _read(words: str) -> str:
    """Words as they look: without what nobody sees, in plain letters and dots."""
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", words).translate(_DOTS)).translate(_DOTS)


def _real_mail(readings: tuple[str, ...], address: str) -> str:
    for reading in readings:
        mails = [each.lower() for each in _MAIL.findall(reading)]
        if any(each != address.lower() for each in mails) or (not mails and list(_named(reading))):
            return address
    return ""


def _named(words: str) -> list[str]:
    found = [each[1] for each in _WITH_SCHEME.finditer(words)]
    rest = _MAIL.sub(" ", _WITH_SCHEME.sub(" ", words)) if found or "@" in words else words
    found += [each[1] for each in _BARE.finditer(rest)]
    return found[:_MOST_NAMED]


def _plain_host(named: str) -> str:
    if "@" in named:  # a user in front of the host, who looks like one
        return named
    try:
        return host_of(f"http://{named}/").removeprefix("www.")
    except Invalid:
        return named


@lru_cache(maxsize=1024)
def is_lookalike(host: str) -> bool:
    """Whether a host has a label that mixes scripts as no language does, or is drawn like a Latin one."""
    return any(map(_deceives, host.split("."))) if "xn--" in host else False


def _deceives(label: str) -> bool:
    if not label.startswith("xn--"):
        return False
    try:
        letters = [each for each in label[4:].encode().decode("punycode") if each.isalpha()]
    except UnicodeError:
        return True  # whatever it is, nobody can read it
    scripts = {unicodedata.name(each, "?").split()[0] for each in letters}
    foreign = [each for each in letters if not each.isascii()]
    drawn = _DRAWN_LATIN.issuperset(foreign) and not scripts <= _TOGETHER
    mixed = len(scripts) > 1 and not scripts <= _TOGETHER and not scripts <= _TOGETHER | {"LATIN"}
    return bool(foreign) and (drawn or mixed)
