"""Which words of a comment weighed: what the scorer says of them, and what the word lists found."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from ...toxicity.labels import LABELS
from ...toxicity.scorer import scorer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

log = logging.getLogger(__name__)

#: A page of cards may spend so long on asking the scorer for what the job has not explained yet.
PAGE_SECONDS = 0.03
WORD, SPOT = "word", "spot"
SENTENCE = "sentence"
_LEAST_SHARE = 0.05
_BESIDE = 0.25  # of the share of the word that weighed most
_MOST_MARKS = 12
_MOST_ASKED = 4
_LONGEST = 5000
_INTERESTING = 0.5  # a score worth explaining where no rule asked for anything


@dataclass(frozen=True)
class Mark:
    """A stretch of the text that weighed: a score's label, or "word" for an entry of a list, "spot"
    for what a finder came upon.

    `share` is how much of the label's score is lost without it, 1.0 for a listed word.
    """

    start: int
    end: int
    label: str
    share: float


@dataclass(frozen=True)
class Ask:
    """A label that weighed, and the stretch that it was read in: all of the text, or one sentence."""

    label: str
    start: int = 0
    end: int | None = None


_known: OrderedDict[tuple[str, Ask, str], tuple[Mark, ...]] = OrderedDict()
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
    """The marks of one text, in order and never overlapping; a listed word goes before a score.

    `stored` is what `explained` found before. Without it the scorer is asked, until `until` (of
    `time.monotonic`); its answers are kept by text.
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
    """What weighed, as it is stored with a revision. Takes its time: for a job."""
    return [
        [each.start, each.end, each.label, each.share]
        for ask in asks
        for each in _asked(text[:_LONGEST], ask)
    ]


def deadline() -> float:
    """When a page that begins now stops asking the scorer."""
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
    """What the marks leave of the sentences that held a text by themselves, faintly, where nothing
    is known about their words."""
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
    """What weighed most: what the findings name, the most severe first, then the highest scores."""
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
    key = (text, ask, f"{part.name} {part.version}")
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
