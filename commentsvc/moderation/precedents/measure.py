"""How near two judged texts are: by what the rules found, what the model said, and rare words they share.

No one of the three does alone. Scores say how hostile a text is, and not what it is about; words say what it
is about, and not how hostile it is; and the rules know what no score does (links, private data). The weights
were chosen on labeled comments, on which docs/moderating.md reports how often the nearest agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...toxicity.labels import LABELS
from ...toxicity.normalise import normalise
from ..waves.likeness import telling

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

KEYS = 16  # words of a text that are looked up
NEAREST = 3
#: How far a precedent may be. Beyond it "like this" would say too much.
FAR = 1.0
_REASONS = 0.3  # how far apart are texts that rules found nothing common in
_WORD, _WORDS = 0.1, 3  # how much nearer each shared word brings them, and how many count
_LONGEST = 5000  # characters that are read of a text
_ASKING = ("REVIEW", "HOLD", "REJECT")


@dataclass(frozen=True)
class Facts:
    """What is compared of a judged text. `scores` are those of LABELS, in their order, 0 where there is none;
    `rule` weighed most ("": no rule asked for anything); `keys` are its telling words, as numbers."""

    rule: str = ""
    reasons: frozenset[str] = frozenset()
    scores: tuple[float, ...] = (0.0,) * len(LABELS)
    keys: tuple[int, ...] = field(default=(), compare=False)

    @property
    def level(self) -> float:
        """The highest score."""
        return max(self.scores)

    def as_dict(self) -> dict[str, Any]:
        """For storing: thousandths of scores, and no words."""
        return {
            "reasons": sorted(self.reasons),
            "scores": [round(1000 * each) for each in self.scores],
        }


def facts_from(stored: Mapping[str, Any], rule: str) -> Facts:
    """The facts again, from what `Facts.as_dict` stored."""
    scores = tuple(each / 1000 for each in stored["scores"])
    return Facts(rule, frozenset(stored["reasons"]), scores)


def facts_of(
    text: str, scores: Mapping[str, float] | None, findings: Sequence[Mapping[str, Any]]
) -> Facts:
    """Of a text with its scores and the findings on it, the most severe first, as they are stored."""
    asking = [each for each in findings if each.get("action") in _ASKING]
    return Facts(
        rule=str(asking[0].get("rule", "")) if asking else "",
        reasons=frozenset(str(each.get("reason", "")) for each in asking),
        scores=tuple((scores or {}).get(label, 0.0) for label in LABELS),
        keys=_keys(text[:_LONGEST]),
    )


@lru_cache(maxsize=512)
def _keys(text: str) -> tuple[int, ...]:
    """A card that waits is shown many times, and to take a text out of its disguise takes a while."""
    return telling(normalise(text).text, KEYS)


def distance(one: Facts, other: Facts, shared: int = 0) -> float:
    """How far apart two texts are that share so many telling words: 0 for the same."""
    apart = sum(abs(a - b) for a, b in zip(one.scores, other.scores, strict=True))
    return (
        apart + _REASONS * (1 - _common(one.reasons, other.reasons)) - _WORD * min(shared, _WORDS)
    )


def _common(one: Collection[str], other: Collection[str]) -> float:
    both = len(set(one).intersection(other))
    every = len(one) + len(other) - both
    return both / every if every else 1.0
