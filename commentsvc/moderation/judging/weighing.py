"""Which words of a comment mattered: by the scorer's explanation, and as found by word lists."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any

from ...toxicity.labels import LABELS
from ...toxicity.scorer import scorer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

log = logging.getLogger(__name__)

#: How long a page of cards may spend asking the scorer for what the job has not explained yet.
PAGE_SECONDS = 0.03
WORD, SPOT = "word", "spot"
SENTENCE = "sentence"
_LEAST_SHARE = 0.05
_BESIDE = 0.25  # of the share of the heaviest word
_MOST_MARKS = 12
_MOST_ASKED = 4
_LONGEST = 5000
_INTERESTING = 0.5  # a score worth explaining even if no rule objects


@dataclass(frozen=True)
class Mark:
    """A span of the text that mattered: for a score's label, "word" for an entry of a list, or
    "spot" for what a finder found.

    `share` is how much of the label's score is lost without it; 1.0 for a word or spot.
    """

    start: int
    end: int
    label: str
    share: float


@dataclass(frozen=True)
class Ask:
    """A label to explain, and the span it was scored on: the whole text, or one sentence."""

    label: str
    start: int = 0
    end: int | None = None


#: A text is known by its hash, so that long ones need no more memory.
_known: OrderedDict[tuple[bytes, Ask, str], tuple[Mark, ...]] = OrderedDict()
_MOST_KNOWN = 2000
_lock = Lock()


def marks_of(
    text: str,
    findings: Sequence[Mapping[str, Any]],
    scores: Mapping[str, float] | None,
    *,
    stored: Sequence[Sequence[Any]] | None = None,
    until: float,
) -> list[Mark]:
    """The marks of one text, in order and without overlaps; listed words win over scores.

    `stored` is an earlier result of `explained`. Without it the scorer is asked, until `until` (of
    `time.monotonic`); its answers are cached by text.
    """
    marks = _listed(text, findings)
    if stored is not None:
        marks += [Mark(*each) for each in stored if 0 <= each[0] < each[1] <= len(text)]
    else:
        for ask in to_explain(findings, scores):
            marks += _weighed(text, ask, until)
    kept = _apart(marks)
    rest = _rest_of_sentences(text, findings, marks, kept)
    return sorted([*kept, *rest], key=lambda each: each.start)


def explained(text: str, asks: Sequence[Ask]) -> list[list[Any]]:
    """The marks as stored with a revision. Slow: for a job."""
    return [
        [each.start, each.end, each.label, each.share]
        for ask in asks
        for each in _asked(text[:_LONGEST], ask)
    ]


def deadline() -> float:
    """When a page that starts now must stop asking the scorer."""
    return time.monotonic() + PAGE_SECONDS


def _listed(text: str, findings: Sequence[Mapping[str, Any]]) -> list[Mark]:
    return [
        Mark(start, end, SPOT if "kinds" in evidence or "label" in evidence else WORD, 1.0)
        for finding in findings
        if (evidence := finding.get("evidence") or {}) and finding.get("reason") != SENTENCE
        for start, end in evidence.get("spans", ())
        if 0 <= start < end <= len(text)
    ]


def _rest_of_sentences(
    text: str, findings: Sequence[Mapping[str, Any]], marks: Sequence[Mark], kept: Sequence[Mark]
) -> Iterator[Mark]:
    """Faint marks on what `kept` leaves uncovered of sentences that held the text by themselves, if
    nothing is known about their words."""
    for ask in to_explain(findings, None):
        start, end = ask.start, len(text) if ask.end is None else ask.end
        known = any(start <= each.start < end and each.label in (SPOT, ask.label) for each in marks)
        if ask.end is None or known:
            continue
        at = start
        for mark in (*kept, Mark(end, end, ask.label, 0.0)):
            stop = min(mark.start, end)
            if 0 <= at < stop <= len(text):
                yield Mark(at, stop, ask.label, _LEAST_SHARE)
            at = max(at, mark.end)


def to_explain(
    findings: Sequence[Mapping[str, Any]], scores: Mapping[str, float] | None
) -> list[Ask]:
    """What to explain: the findings' labels, the most severe first, then the highest scores."""
    asks: list[Ask] = []
    for finding in findings:
        evidence = finding.get("evidence") or {}
        if (label := str(finding.get("reason"))) in LABELS:
            asks.append(Ask(label))
        elif label == SENTENCE:
            spans = evidence.get("spans", ())
            asks += [Ask(str(evidence.get("label")), start, end) for start, end in spans]
    for label, value in sorted((scores or {}).items(), key=lambda each: -each[1]):
        if label in LABELS and value >= _INTERESTING:
            asks.append(Ask(label))
    return list(dict.fromkeys(asks))[:_MOST_ASKED]


def _weighed(text: str, ask: Ask, until: float) -> list[Mark]:
    part = scorer()
    digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
    key = (digest, ask, f"{part.name} {part.version}")
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return list(_known[key])
    if not part.in_request or len(text) > _LONGEST or time.monotonic() > until:
        return []
    found = tuple(_asked(text, ask))
    with _lock:
        _known[key] = found
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return list(found)


def _asked(text: str, ask: Ask) -> list[Mark]:
    part = scorer()
    try:
        weights = part.explain(text[ask.start : ask.end], ask.label)
    except Exception:  # a broken explanation must not hide the comment from its moderator
        log.exception("explaining failed", extra={"scorer": part.name})
        return []
    least = max([_LEAST_SHARE, *(each.share * _BESIDE for each in weights)])
    return [
        Mark(ask.start + each.start, ask.start + each.end, ask.label, round(each.share, 4))
        for each in weights[:_MOST_MARKS]
        if each.share >= least and 0 <= each.start < each.end <= len(text) - ask.start
    ]


def _apart(marks: Sequence[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda each: (-each.share, each.start)):
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda each: each.start)
