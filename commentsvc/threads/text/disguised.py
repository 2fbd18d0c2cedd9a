"""Deceptive links: text that names another host, and hosts whose letters look like others."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ...core.addresses import host_of
from ...core.errors import Invalid
from ...core.remembering import remembered
from ...core.typed import BLANK

_MOST_NAMED = 20  # hosts named in the text of one link; any more do not name its target
_DOTS = str.maketrans(dict.fromkeys("。．｡․", "."))
# Foreign characters that look like a dot count as one only between letters of other scripts than
# theirs, and middle dots, or dots at thin spaces, only before a TLD: "l·l", "ジョン・スミス" are words.
_NEAR = "[0-9A-Za-z\u00c0-\u058f\u13a0-\u13ff\ua4d0-\ua4f7\uff10-\uff5a-]"
_FOREIGN_DOT = re.compile(
    f"(?<={_NEAR})[\u06d4\u0660\u06f0\u0701\u0702\ua60e\ua4f8\u2e3c\u0589\u1362\u166e\u1803\u1809"
    f"\u2cf9\u2cfe\u2e33\ua6f3\U00010a50\U0001d16d](?={_NEAR})"
)
_THIN = "[\u2005-\u200a\u202f\u205f]"
_MIDDLE_DOT = re.compile(
    f"(?<!{_THIN}){_THIN}*[.\u00b7\u0387\u2022\u2027\u2219\u22c5\u25cf\u2981\u2e31\u30fb\uff65]{_THIN}*"
    r"(?=(?:com|org|net|info|biz|io|co|app|dev|shop|site|online|example)(?![\w-]))",
    re.IGNORECASE,
)
# Bidi controls, and invisible characters.
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
BACKWARDS = "\u202e"  # the only one that reverses Latin letters and digits
# Unicode's Default_Ignorable_Code_Point, and hieroglyph controls, which are not Cf in all versions.
_IGNORABLE = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F)),
    *((0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC), (0x13430, 0x13455), (0x16FE4, 0x16FE4)),
    *((0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)  # fmt: skip


@lru_cache(maxsize=4096)
def _is_unseen(char: str) -> bool:
    """Whether this character is invisible: default ignorables, format characters, blank letters."""
    return (
        (unicodedata.category(char) in ("Cf", "Cc", "Cn", "Co") and not char.isspace())
        or char in BLANK
        or any(first <= ord(char) <= last for first, last in _IGNORABLE)
    )


# An address names everything before its path, including a user.
_WITH_SCHEME = re.compile(r"(?:https?:/{1,3}|(?<![\w:/])//)([^\s/?#\\]{1,253})\S*", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w./-])((?:[\w-]{1,63}\.)+[^\W\d_]{2,63})(?![\w@-])")
# Browsers also read one to four numbers, even octal or hexadecimal, as an IP address. "1.5" and
# "iOS 10.1" are not: short ones count only if they begin like local addresses, and a single number
# only before a path or port.
_MACHINE = re.compile(
    r"""(?<![\w./-])(
        \d{1,11}(?:\.\d{1,11}){3}
        | (?=[\d.]*0x)(?:(?:0x[0-9a-f]{0,16}|\d{1,11})\.){1,3}(?:0x[0-9a-f]{0,16}|\d{1,11})
        | (?:127|192\.168)(?:\.\d{1,8}){1,2}(?=[:/])
        | (?<!.)(?:127|192\.168)(?:\.\d{1,8}){1,2}(?=\s*\Z)
        | (?:0x[0-9a-f]{7,8}|\d{8,11})(?=/|:\d)
        | \[[0-9a-f:.]{2,45}\]
        | localhost(?=[:/]|\s*\Z)
    )(?![\w-]|\.\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_MAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,63})(?![\w-])")

_FILE = re.compile(
    r"\s*(?!www\.)[\w-]+\.(?:js|ts|md|py|rs|sh|pl|ps|cc|zip|mov|html?|pdf|txt|php|aspx?|jpe?g|png|gif|docx?|json|css"
    r"|net|io)\s*",
    re.IGNORECASE,
)

# Scripts that are combined in one language.
_TOGETHER = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "KATAKANA-HIRAGANA"))
# Letters that look like Latin ones: a word of only these is not a word of its script.
_DRAWN_LATIN = frozenset(
    "аеорсухіјѕԁһӏԛԝѵьгкмтԍαοιρνυκτωхսոօհցզյᎪᎠᎬᎥᎢɑɡɩɪʏʙɢʜʟɴʀıꞮꜱᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ"
    "ⲟⲣⲥⲭⲩⲕⲓⲛⲙⲧꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ"
)


def real(words: str, href: str, *, turned: bool = False) -> str:
    """The host or address to show after a link if its text names another one; "" if it does not.
    `turned`: text around it may be reversed."""
    words = _read(words)
    readings = (words, words[::-1]) if turned else (words,)
    if href.lower().startswith("mailto:"):
        return _real_mail(readings, href[7:])
    host = host_of(href)
    whole = words.strip()
    if _plain_host(whole) == host.removeprefix("www."):
        named = [whole]  # whatever else in it looks like a host
    else:
        named = [each for reading in readings for each in _named(reading)]
    if any(_plain_host(each) != host.removeprefix("www.") for each in named):
        return host
    shown = any(each.isascii() for each in named)  # then the text shows the real name
    return host if is_lookalike(host) and not shown else ""


def deceives(words: str, href: str) -> bool:
    """Whether a link that `real` had to explain may be meant to deceive. File names, and parent
    domains of its host, are not."""
    if not href.startswith("http") or _FILE.fullmatch(words):
        return False
    host, named = host_of(href), [_plain_host(each) for each in _named(_read(words))]
    return (
        is_lookalike(host)
        or not named
        or any(not f".{host}".endswith(f".{each}") for each in named)
    )


def _read(words: str) -> str:
    """Text as it looks: without invisible characters, in plain letters and dots."""
    if not words.isascii():
        words = "".join(each for each in words if each.isascii() or not _is_unseen(each))
        words = _MIDDLE_DOT.sub(".", _FOREIGN_DOT.sub(".", words))
        words = unicodedata.normalize("NFKC", words.translate(_DOTS)).translate(_DOTS)
    return words


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
    found += [each[1] for each in _MACHINE.finditer(rest) if host_or_none(each[1])]
    return found[:_MOST_NAMED]


def _plain_host(named: str) -> str:
    user, _, host = named.rpartition("@")
    # a user before the host looks like a host
    return named if user.strip(":") else host_or_none(host) or host


def host_or_none(named: str) -> str | None:
    """The host that a name stands for, without `www.`; None if it is not a valid host."""
    try:
        return host_of(f"http://{named}/").removeprefix("www.")
    except Invalid:
        return None


def lookalikes(text: str) -> list[str]:
    """The hosts without a scheme in a text that look like others. Hosts entirely in another script,
    which may be a missing space after a dot, count only if their TLD is Latin."""
    if text.isascii() and "xn--" not in text.lower():
        return []
    named = [each[1] for each in _BARE.finditer(_read(text))]
    return [
        host
        for each in named
        if (host := host_or_none(each)) and is_lookalike(host) and _is_meant(each, host)
    ]


def _is_meant(named: str, host: str) -> bool:
    latin = named.rpartition(".")[2].isascii()
    return named.isascii() or any(
        _is_drawn(each) and (latin or _is_mixed(each)) for each in host.split(".")
    )


@remembered(1024, longest=253)
def is_lookalike(host: str) -> bool:
    """Whether a label of the host mixes scripts as no language does, or looks like a Latin one."""
    if "xn--" not in host:
        return False
    labels = host.split(".")
    # under a TLD of its own script, a word of Latin-looking letters is a word: море.рф
    at_home = labels[-1].startswith("xn--")
    return any(_is_mixed(each) or (_is_drawn(each) and not at_home) for each in labels)


def _letters(label: str) -> list[str]:
    """The letters of a punycode label; U+FFFD if it cannot be decoded."""
    if not label.startswith("xn--"):
        return []
    try:
        return [each for each in label[4:].encode().decode("punycode") if each.isalpha()]
    except UnicodeError:
        return ["\ufffd"]


def _scripts(letters: list[str]) -> set[str]:
    return {unicodedata.name(each, "?").split()[0] for each in letters}


def _is_drawn(label: str) -> bool:
    letters = _letters(label)
    foreign = [each for each in letters if not each.isascii()]
    return bool(foreign) and _DRAWN_LATIN.issuperset(foreign) and not _scripts(letters) <= _TOGETHER


def _is_mixed(label: str) -> bool:
    letters = _letters(label)
    scripts = _scripts(letters)
    mixed = len(scripts) > 1 and not scripts <= _TOGETHER and not scripts <= _TOGETHER | {"LATIN"}
    return mixed or "\ufffd" in letters
