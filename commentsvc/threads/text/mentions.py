"""Mentions: places in a text that refer to a person whom its author chose. Text that was only
typed, pasted or imported mentions nobody, whatever it looks like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: People that one comment can mention.
MOST = 5
#: Places where one comment can mention them.
MOST_PLACES = 20

_MARK = "\x02{}\x03"  # cleaned texts contain neither character
_SHOWN = re.compile(r'<bdi data-person="([^"<>]+)">([^<>]*)</bdi>')
_JOINED = re.compile(r"[A-Za-z0-9/.+%=&#@:~?-]")  # before an @, it makes the @ part of an address


@dataclass(frozen=True)
class Mention:
    """One place in a text: a person's public id, the name as written there, and its index (from 0)
    among places with that name. Ids, because names change and people may share one."""

    id: str
    name: str
    nth: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As it is stored and sent."""
        return {"id": self.id, "name": self.name, "nth": self.nth}


def mentions_in(stored: Iterable[Mapping[str, Any]] | None) -> list[Mention]:
    """Mentions as they were stored or sent."""
    return [Mention(each["id"], each["name"], each.get("nth", 0)) for each in stored or ()]


def pressable(markup: str) -> str:
    """Markup for the box, with each mention as a button that shows a card."""
    return _SHOWN.sub(
        r'<button type="button" data-action="person" data-by="\1"><bdi>\2</bdi></button>', markup
    )


def unnamed(markup: str) -> str:
    """Markup for everywhere else, where a mention is plain text."""
    return _SHOWN.sub(r"\2", markup)


def standing(source: str, mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions found in the text, in its order: of the first `MOST` people, each place once."""
    return [mention for _, mention in _placed(source, mentions)]


def marked(source: str, mentions: Iterable[Mention]) -> str:
    """The text with marks for mentions, so that no markup is inside a name; see `named`."""
    parts: list[str] = []
    end = 0
    for number, (at, mention) in enumerate(_placed(source, mentions)):
        parts += [source[end:at], _MARK.format(number)]
        end = at + 1 + len(mention.name)
    return "".join([*parts, source[end:]])


def named(markup: str, words: str, mentions: Sequence[Mention]) -> str:
    """Markup of a marked text with names instead of marks. Names in `words`, the text outside code
    and links, refer to their person."""
    for number, each in enumerate(mentions):
        mark, name = _MARK.format(number), escape(f"@{each.name}")
        whose = f'<bdi data-person="{escape(each.id)}">{name}</bdi>'
        markup = markup.replace(mark, whose if mark in words else name)
    return markup


def _placed(source: str, mentions: Iterable[Mention]) -> list[tuple[int, Mention]]:
    found: list[tuple[int, Mention]] = []
    people: set[str] = set()
    end = 0
    every = [(_place(source, each), each) for each in mentions]
    for at, each in sorted(every, key=lambda one: one[0]):
        fits = each.id in people or len(people) < MOST
        if at < end or not fits or len(found) == MOST_PLACES or _JOINED.match(source[at - 1 : at]):
            continue
        people.add(each.id)
        found.append((at, each))
        end = at + 1 + len(each.name)
    return found


def _place(source: str, mention: Mention) -> int:
    """The offset of a mention; -1 if it is not in the text."""
    at = -1
    for _ in range(mention.nth + 1):
        at = source.find(f"@{mention.name}", at + 1)
        if at < 0:
            break
    return at
