"""Words spelled as they sound: “idyut”."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ...core.remembering import remembered
from ..language import english_words
from ..lookalikes import KNOWN
from .words import HIDDEN, SHORT, Alternative, known_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .words import Word

# How words sound, whatever their spelling: each pattern with its replacement.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("zz", "ss"), ("tch|tsh", "ch"), ("sch", "sh"), ("ck|kh|q", "k"), ("x", "ks"),
        ("c(?=[eiy])", "s"), ("c(?!h)", "k"), ("z$", "s"), ("e$", ""), ("oo|ou|ew", "u"),
        ("ee|ea|ie|y|e", "i"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_ENDING = re.compile(r"(?:'?e?s|e?d|ing|e?rs?|ly)$")
_LONGEST = 40
_AS_HEARD = {
    "ewe": "you", "yoo": "you", "yew": "you", "yu": "you", "u": "you", "ya": "you", "arr": "are",
    "ar": "are", "r": "are",
    "uh": "a", "iz": "is", "ur": "your", "yor": "your", "yer": "your", "peece": "piece", "peese": "piece",
    "ov": "of", "uv": "of", "dye": "die", "dai": "die", "gow": "go", "goe": "go", "sutch": "such",
    "azz": "ass",
    "idyut": "idiot", "idiut": "idiot", "idjut": "idiot", "idjit": "idiot", "ijit": "idiot", "eejit": "idiot",
    "yoself": "yourself", "urself": "yourself", "yorself": "yourself", "kil": "kill", "h8": "hate",
    "mutha": "mother", "muther": "mother", "luzer": "loser", "luser": "loser", "da": "the", "teh": "the",
}  # fmt: skip


def _sound(word: str) -> str:
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


@cache
def _by_sound() -> dict[str, str]:
    """Sound -> the word that people hide."""
    return {_sound(each): each for each in sorted(KNOWN) if len(each) >= HIDDEN}


@remembered(4096, longest=64)
def meant(word: str) -> str | None:
    """The hidden word that an unknown one sounds like; None for a form of a known word."""
    if word in _AS_HEARD and _AS_HEARD[word] in KNOWN:
        return _AS_HEARD[word]
    if not HIDDEN <= len(word) <= _LONGEST or not word.isascii():
        return None
    known, ending = known_words(), _ENDING.search(word)
    if ending and {word[: ending.start()], word[: ending.start()] + "e"} & known:
        return None
    return _by_sound().get(_sound(word))


def as_heard(text: str, words: Sequence[Word]) -> tuple[Alternative, ...]:
    """The text with words as they sound, if most of it then makes sense in English."""
    others = [
        None if each.known or (at and text[each.start].isupper()) else meant(each.text)
        for at, each in enumerate(words)
    ]
    if not any(others):
        return ()
    english, sense = english_words(), 0
    order: list[int] = []
    parts: list[str] = []
    before = 0
    for each, other in zip(words, others, strict=True):
        heard = other or _AS_HEARD.get(each.text)
        sense += bool(heard) or each.text in english or each.text in KNOWN or each.text in SHORT
        if heard:
            parts += text[before : each.start], heard
            order += range(before, each.start)
            last = each.end - 1
            order += [min(each.start + at, last) for at in range(len(heard) - 1)] + [last]
            before = each.end
    parts.append(text[before:])
    order += range(before, len(text))
    return (Alternative("".join(parts), order, False),) if 2 * sense >= len(words) else ()
