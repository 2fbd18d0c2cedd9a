"""Traits of an advertisement besides its words: links, contact details, money, loudness."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Span = tuple[int, int]

#: Hosts that hide where a link leads.
_SHORTENERS = frozenset(
    """
    bit.ly tinyurl.com goo.gl t.co ow.ly is.gd buff.ly cutt.ly rebrand.ly shorturl.at rb.gy tiny.cc adf.ly
    bitly.com v.gd s.id lnkd.in linktr.ee qr.ae clck.ru vk.cc j.mp
    """.split()  # noqa: SIM905
)
_CHATS = frozenset(
    ["wa.me", "t.me", "telegram.me", "api.whatsapp.com", "chat.whatsapp.com", "discord.gg", "m.me"]
)
_VIDEOS = frozenset("youtube.com youtu.be m.youtube.com vimeo.com".split())  # noqa: SIM905
_SOCIAL = frozenset(
    ["facebook.com", "instagram.com", "twitter.com", "soundcloud.com", "twitch.tv", "tiktok.com"]
)
_ODD_ENDINGS = frozenset(
    """
    xyz top site online shop club store click link win loan casino bet vip fun icu buzz space pro live work
    tk ml ga cf gq cc
    """.split()  # noqa: SIM905
)
_PATTERNS = tuple(
    (name, tuple(hints.split("|")), re.compile(pattern, re.IGNORECASE))
    for line in (Path(__file__).parent / "traits.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for name, hints, pattern in [line.split("\t")]
)
#: Traits of addresses, which mean nothing if all hosts in the text are allowed.
OF_ADDRESSES = frozenset(("bare_link", "referral"))
_LONGEST_BARE = 700
# Nothing but one address.
_BARE = re.compile(
    r"\W*(?:<a [^<>]{0,300}>[^<>\s]{0,300}</a>|https?://\S{1,500}|(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}(?:/\S{0,500})?)\W*",
    re.IGNORECASE,
)
_PICTURE = re.compile("[\u2190-\u21ff\u2600-\u27bf\U0001f300-\U0001faff]")


_TRADES = frozenset(
    word
    for line in (Path(__file__).parent / "trades.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)


def trade_in(words: Sequence[str]) -> int | None:
    """The index of the first word that names a trade often advertised."""
    return next((at for at, word in enumerate(words) if word in _TRADES), None)


def of_text(text: str) -> Iterator[tuple[str, Span | None]]:
    """The traits of a text, each once, with its place if it has one."""
    small = text.lower()
    for name, hints, pattern in _PATTERNS:
        for hint in hints:
            if hint in small:
                if found := pattern.search(text):
                    yield name, found.span()
                break
    if len(text) < _LONGEST_BARE and _BARE.fullmatch(text):
        yield "bare_link", None
    pictures = len(_PICTURE.findall(text))
    if pictures:
        yield ("pictures" if pictures > 2 else "picture"), None
    loud = text.count("!")
    if loud > 2:
        yield "loud", None
    upper = sum(map(str.isupper, text))
    if upper >= 10 and upper * 2 > sum(map(str.isalpha, text)):
        yield "capitals", None
    if len(text) < 40:
        yield "short", None


_CONTACTS = frozenset(
    "chat own_page look_there please follow earning money phone email handle free".split()  # noqa: SIM905
)


def together(names: Sequence[str], hosts: Sequence[str]) -> Iterator[str]:
    """Combined traits: an offer is something often advertised together with a way to get it."""
    if "trade" in names:
        ways = len(_CONTACTS.intersection(names)) + bool(hosts)
        if ways:
            yield "offer" if ways == 1 else "offers"


def of_links(hosts: Sequence[str]) -> Iterator[str]:
    """The traits of the hosts that a text links."""
    if not hosts:
        return
    yield "links" if len(hosts) > 2 else "link"
    if len(set(hosts)) > 1:
        yield "hosts"
    if not _SHORTENERS.isdisjoint(hosts):
        yield "shortener"
    if not _CHATS.isdisjoint(hosts):
        yield "chat_link"
    if any(host in _VIDEOS for host in hosts):
        yield "video"
    elif not _SOCIAL.isdisjoint(hosts):
        yield "social"
    if any(host.rpartition(".")[2] in _ODD_ENDINGS for host in hosts):
        yield "odd_ending"
