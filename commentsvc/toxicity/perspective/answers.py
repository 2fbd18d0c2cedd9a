"""Perspective's protocol without HTTP: the responses, by Google's published schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from .. import sentences
from ..heads import LABEL
from ..language import DEFAULT
from ..scorer import Scores, Unscored
from . import html_text
from .asked import ATTRIBUTES, Analyze, Refused, Text

#: Scores texts in a language or, with None, in the one each seems to be in.
Score = Callable[[Sequence[str], str | None], Sequence[Scores | Unscored]]
_BAD = 0.5


def analyze(asked: Analyze, *, score: Score, labels: Sequence[str]) -> dict[str, Any]:
    """The response to a request, with the texts scored by `score(texts, language)`.

    `labels` are what the scorer measures. Raises `Refused` if there is no honest answer: an
    attribute it lacks, a language it does not know, a scorer that is down.
    """
    missing = [name for name in asked.attributes if ATTRIBUTES[name] not in labels]
    if missing and not asked.drop_unsupported:
        raise Refused(f"Unknown requested attribute: {missing[0]}")
    whole, detected = measure(asked.text.plain, asked.languages, score)
    answer: dict[str, Any] = {"attributeScores": {}}
    if _is_scored(whole, asked, detected) and _all_known(asked, score):
        answer["attributeScores"] = _scores(asked, whole, *_parts(asked, whole, score))
    answer["languages"] = list(asked.languages) or [detected or "und"]
    if detected:
        answer["detectedLanguages"] = [detected]
    if asked.client_token is not None:
        answer["clientToken"] = asked.client_token
    return answer


def measure(
    text: str, languages: Sequence[str], score: Score
) -> tuple[Scores | Unscored, str | None]:
    """The text's scores, and the language it seems to be in. If the client names another language,
    it is scored in both.

    Asked without a hint first: the two are mostly the same, and one answer does for both.
    """
    said = score([text], None)[0]
    detected = said.language
    if languages and languages[0].partition("-")[0].lower() != detected:
        said = _of_both(said, score([text], languages[0])[0])
    return said, detected


def _of_both(said: Scores | Unscored, named: Scores | Unscored) -> Scores | Unscored:
    """The scores of a text that seems to be in another language than its client names: if it is bad
    in either, it is bad. Otherwise the detected language decides, because a text read in a wrong
    language scores next to nothing; but the default language is no evidence."""
    known = [each for each in (said, named) if isinstance(each, Scores)]
    worst = max(known, key=lambda each: each.values.get(LABEL, 0.0), default=None)
    if worst is not None and worst.values.get(LABEL, 0.0) >= _BAD:
        if worst is said and said.doubted and isinstance(named, Scores):
            return replace(said, values={**named.values, **said.values})
        return worst
    if isinstance(named, Unscored) or said.language in (None, DEFAULT):
        return named
    return said if isinstance(said, Scores) or said.reason == "language" else named


def _parts(
    asked: Analyze, whole: Scores | Unscored, score: Score
) -> tuple[list[sentences.Span], Sequence[Scores | Unscored]]:
    """The scored spans in the client's units, and their scores: the sentences if requested, in the
    language of the whole text; else the whole."""
    text = asked.text
    count = sentences.counter(text.source, asked.unit)
    parts = sentences.spans(text.plain) if asked.spans else []
    if len(parts) < 2:
        begin, end = _in_source(text, *parts[0]) if parts else (0, len(text.source))
        return [(count(begin), count(end))], [whole]
    said = score([text.plain[begin:end] for begin, end in parts], whole.language)
    return [(count(a), count(b)) for a, b in (_in_source(text, *part) for part in parts)], said


def _in_source(text: Text, begin: int, end: int) -> sentences.Span:
    if text.places is None:
        return begin, end
    return html_text.source_range(text.places, begin, end)


def _is_scored(said: Scores | Unscored, asked: Analyze, detected: str | None) -> bool:
    """Whether there are scores; False if unsupported attributes are to be dropped. Not every
    language is scored for every attribute."""
    if isinstance(said, Scores):
        lacking = [name for name in asked.attributes if ATTRIBUTES[name] not in said.values]
        if lacking and not asked.drop_unsupported:
            raise _unsupported(lacking[0], asked, said, detected)
        return True
    if said.reason == "no_text":
        raise Refused("Unable to detect language", kind="LANGUAGE_DETECTION_FAILED")
    if said.reason == "language":
        if asked.drop_unsupported:
            return False
        raise _unsupported(next(iter(asked.attributes)), asked, said, detected)
    raise Refused(
        "The scorer is not available right now. Try again in a moment.",
        kind="",
        code=503,
        status="UNAVAILABLE",
        retry_after=5,
    )


def _all_known(asked: Analyze, score: Score) -> bool:
    """Whether the text can also be scored in each further language that the client names."""
    for language in asked.languages[1:]:
        said = score([asked.text.plain], language)[0]
        if not _is_scored(said, asked, None):
            return False
    return True


def _unsupported(
    name: str, asked: Analyze, said: Scores | Unscored, detected: str | None
) -> Refused:
    languages = asked.languages or (said.language or detected or "und",)
    facts: dict[str, Any] = {"attribute": name}
    if detected:
        facts["detectedLanguages"] = [detected]
    if asked.languages:
        facts["requestedLanguages"] = list(asked.languages)
    return Refused(
        f"Attribute {name} does not support request languages: {', '.join(languages)}",
        kind="LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        languageNotSupportedByAttributeError=facts,
    )


def _scores(
    asked: Analyze,
    whole: Scores | Unscored,
    places: Sequence[sentences.Span],
    spans: Sequence[Scores | Unscored],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, limit in asked.attributes.items():
        label = ATTRIBUTES[name]
        entry: dict[str, Any] = {}
        pieces = [
            {"begin": begin, "end": end, "score": score}
            for (begin, end), said in zip(places, spans, strict=True)
            if (score := _score(said, label, limit)) is not None
        ]
        if pieces:
            entry["spanScores"] = pieces
        summary = _score(whole, label, limit)
        if summary is not None:
            entry["summaryScore"] = summary
        if entry:
            found[name] = entry
    return found


def _score(said: Scores | Unscored, label: str, limit: float | None) -> dict[str, Any] | None:
    """One score, if there is one and it reaches the threshold."""
    if isinstance(said, Unscored) or label not in said.values:
        return None
    value = said.values[label]
    if limit is not None and value < limit:
        return None
    return {"value": round(value, 8), "type": "PROBABILITY"}
