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
_MOST_MARKS = 12
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


_known: OrderedDict[tuple[str, str, str], tuple[Mark, ...]] = OrderedDict()
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
    elif (label := label_to_explain(findings, scores)) is not None:
        marks += _weighed(text, label, until)
    kept = _apart(marks)
    return sorted([*kept, *_rest_of_sentences(text, findings, kept)], key=lambda each: each.start)


def explained(text: str, label: str) -> list[list[Any]]:
    """What weighed for this label, as it is stored with a revision. Takes its time: for a job."""
    return [
        [each.start, each.end, each.label, each.share] for each in _asked(text[:_LONGEST], label)
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
    text: str, findings: Sequence[Mapping[str, Any]], kept: Sequence[Mark]
) -> Iterator[Mark]:
    """What the marks leave of the sentences that held a text by themselves, faintly."""
    for finding in findings:
        evidence = finding.get("evidence") or {}
        for start, end in evidence.get("spans", ()) if finding.get("reason") == SENTENCE else ():
            at, label = start, str(evidence.get("label"))
            for mark in (*kept, Mark(end, end, label, 0.0)):
                stop = min(mark.start, end)
                if 0 <= at < stop <= len(text):
                    yield Mark(at, stop, label, _LEAST_SHARE)
                at = max(at, mark.end)


def label_to_explain(
    findings: Sequence[Mapping[str, Any]], scores: Mapping[str, float] | None
) -> str | None:
    """The label that weighed most: of the most severe finding, else the highest score."""
    for finding in findings:
        if finding.get("reason") in LABELS:
            return str(finding["reason"])
    known = {label: value for label, value in (scores or {}).items() if label in LABELS}
    top = max(known, key=lambda label: known[label], default=None)
    return top if top is not None and known[top] >= _INTERESTING else None


def _weighed(text: str, label: str, until: float) -> list[Mark]:
    part = scorer()
    key = (text, label, f"{part.name} {part.version}")
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return list(_known[key])
    if not part.in_request or len(text) > _LONGEST or time.monotonic() > until:
        return []
    found = tuple(_asked(text, label))
    with _lock:
        _known[key] = found
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return list(found)


def _asked(text: str, label: str) -> list[Mark]:
    part = scorer()
    try:
        weights = part.explain(text, label)
    except Exception:  # a broken explanation must not hide the comment from its moderator
        log.exception("explaining failed", extra={"scorer": part.name})
        return []
    return [
        Mark(each.start, each.end, label, round(each.share, 4))
        for each in weights[:_MOST_MARKS]
        if each.share >= _LEAST_SHARE and 0 <= each.start < each.end <= len(text)
    ]


def _apart(marks: Sequence[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda each: (-each.share, each.start)):
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda each: each.start)
