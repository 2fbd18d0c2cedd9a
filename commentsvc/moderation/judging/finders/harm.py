"""Self-harm: the writer's own, disclosed; and somebody else's, called for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .stream import find, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span
    from .stream import Stream

# What only sounds like it: "I want to die laughing", "at home, with dignity", "on this hill".
_IDIOM = re.compile(
    r" (?:laughing|laughter|(?:of|from) (?:laughter|embarrassment|shame|boredom|cringe)|bored|"
    r"cringing|with dignity|at home|in peace|peacefully|in my (?:own )?(?:bed|sleep)|old|an old|rich|happy|"
    r"for (?:this|that|a|those|some)|on (?:this|that) hill|on [.,]|knowing|before i|"
    r"without (?:seeing|having|knowing)|"
    r"an? (?:happy|rich|free)|when i am old|vor (?:lachen|scham)|in wurde|de (?:rire|honte|risa|"
    r"verguenza|rir|vergonha)|dans la dignite|con dignidad|dalle risate|van het lachen|ze smiechu|gulmekten|"
    r"со смеху)(?= )"
)
_NOT_MEANT = re.compile(
    r" (?:never|dont|if|when|unless|whenever|told (?:me|him|her|them|us)|"
    r"tell(?:ing|s)? (?:people|me|him|her|them|us|someone|somebody|you)(?: to)?|you|youll|u|will|could|might|"
    r"can|may|would|to|almost|nearly|say(?:s|ing)?|said|wrote|texted|the word|called|not|nobody should|"
    r"do not)"
    r"(?: (?:to|that|just|please|you should|go|ever))* $"
)


def disclosed(stream: Stream) -> Iterator[tuple[str, Span]]:
    """Where the writer says that they want to die or to hurt themselves; the kind is the language."""
    for kind, (start, end), place in find(stream, phrases("disclosed")):
        before = stream.text[max(0, start - 40) : start]
        if not _IDIOM.match(stream.text, end) and not _NOT_MEANT.search(before):
            yield kind, place


def urged(stream: Stream) -> Iterator[tuple[str, Span]]:
    """Where somebody is told to kill or to hurt themselves."""
    for kind, (start, _), place in find(stream, phrases("urged")):
        if not _NOT_MEANT.search(stream.text[max(0, start - 40) : start]):
            yield kind, place
