"""The distance of two judged texts: by rule findings, model scores, and shared rare words.

None of the three is enough alone. Scores tell how hostile a text is, but not its topic; words tell
the topic, but not the hostility; and rules know what no score does (links, private data). The
weights were chosen on labeled comments; docs/moderating.md reports how often the nearest agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...core.remembering import remembered
from ...toxicity.labels import LABELS
from ...toxicity.normalise import normalise
from ..waves.likeness import telling

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

KEYS = 16  # words of a text to look up
NEAREST = 3
#: The farthest that a precedent may be. Beyond it, "like this" would be untrue.
FAR = 1.0
_REASONS = 0.3  # the distance of texts without common findings
_WORD, _WORDS = 0.1, 3  # how much closer each shared word brings them, and how many count
_LONGEST = 5000  # characters of a text that are read
_ASKING = ("REVIEW", "HOLD", "REJECT")


@dataclass(frozen=True)
class Facts:
    """What is compared of a judged text. `scores` are in the order of LABELS, 0 if missing; `rule`
    is the most severe one ("" if no rule objected); `keys` are its telling words, as numbers."""

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
    """The inverse of `Facts.as_dict`."""
    scores = tuple(each / 1000 for each in stored["scores"])
    return Facts(rule, frozenset(stored["reasons"]), scores)


def facts_of(
    text: str, scores: Mapping[str, float] | None, findings: Sequence[Mapping[str, Any]]
) -> Facts:
    """The facts of a text with its scores and stored findings, the most severe first."""
    asking = [each for each in findings if each.get("action") in _ASKING]
    return Facts(
        rule=str(asking[0].get("rule", "")) if asking else "",
        reasons=frozenset(str(each.get("reason", "")) for each in asking),
        scores=tuple((scores or {}).get(label, 0.0) for label in LABELS),
        keys=_keys(text[:_LONGEST]),
    )


@remembered(512, longest=2000, few=64)
def _keys(text: str) -> tuple[int, ...]:
    """Cached, because a pending card is shown many times and undisguising a text is slow."""
    return telling(normalise(text).text, KEYS)


def distance(one: Facts, other: Facts, shared: int = 0) -> float:
    """The distance of two texts that share this many telling words; 0 or less for the same."""
    apart = sum(abs(a - b) for a, b in zip(one.scores, other.scores, strict=True))
    return (
        apart + _REASONS * (1 - _common(one.reasons, other.reasons)) - _WORD * min(shared, _WORDS)
    )


def _common(one: Collection[str], other: Collection[str]) -> float:
    both = len(set(one).intersection(other))
    every = len(one) + len(other) - both
    return both / every if every else 1.0
