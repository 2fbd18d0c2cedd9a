"""Scores of a text without what its writer does not mean: quotations, reported speech, denials,
figures of speech, swearing at nobody, names."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ...toxicity.scorer import Passage, Rest, Scores
from .finders.people import people_in
from .finders.quoting import in_marks, is_own, quotations_in
from .finders.stream import AGREES, GROUPS, stream_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ...toxicity.scorer import Unscored
    from .finders.spans import Span

    Ask = Callable[[Sequence[str], str | None], list[Scores | Unscored]]

_LONGEST = 3000  # characters; a longer text is judged as it stands
_MOST = 30  # such spans; a text with more is judged as it stands
_NOTABLE, _NOTABLE_THREAT = 0.2, 0.08
# A denial counts where what is denied would be bad: “they are not human” denies nothing bad.
_BAD, _BAD_THREAT = 0.4, 0.1

#: Reasons why text is not meant, from harmless to what a moderator should see.
WHY = ("figure", "swearing", "quoted")
_NAME = "name"
_WHY = {"oath": "swearing", "thing": "swearing", "figure": "figure", _NAME: "figure"}
# Read in place of a name, so that the text is still about somebody.
_SOMEBODY = "Anna"
_OTHERS_WORDS = ("quote", "reported")

# Verbs and nouns of saying or writing, before or after quotation marks.
_WORDS_BEFORE = (
    r"sa(?:y|ys|id|ying)|wr(?:ote|ites?|iting|itten)|call(?:s|ed|ing)?|shout\w*|yell\w*|scream\w*|chant\w*"
    r"|sang|sing\w*|spray\w*|paint\w*|comment\w*|post\w*|text\w*|tweet\w*|repl\w+|answer\w*|claim\w*"
    r"|threaten\w*|quote\w*|read(?:s|ing)?|told|hear\w*|like|such as|things|whoever|words?|phrases?|slurs?"
    r"|slogans?|graffiti|signs?|posters?|letters?|messages?|emails?|headlines?|titles?|songs?|lines?"
    r"|sag(?:t|te|ten|en)|schr(?:ie|ei)b\w*|r(?:ie|u)f\w*|steht|spruch|parole|wort|satz|nannte\w*"
    r"|grit\w+|dijo|dice|dijeron|dicen|escribi\w+|pone|palabra|lema|llam\w+"
    r"|dit|disait|cri[ée]\w*|écri\w+|mot|traité|disse|diz|escreve\w+|palavra"
)
_CUE_BEFORE = re.compile(rf"\b(?:{_WORDS_BEFORE})\b[^.!?\"“”„«»]{{0,40}}$", re.IGNORECASE)
_CUE_AFTER = re.compile(
    r"^[\s,.:;!?]*(?:[\w'’-]+ ){0,4}?(?:said|says|say|wrote|writes|shout\w*|yell\w*|used to say|chant\w*"
    r"|screamed|is an? (?:slur|insult|threat|terrible|horrible|awful|hateful)|is (?:not|never|hate speech)"
    r"|was painted|sagte|schrieb|meinte|rief|dijo|dice|escribió|decía|dit|disait|écrit|disse|escreveu)\b",
    re.IGNORECASE,
)
# What a writer adds to make it seem a mere figure of speech.
_HEDGE = re.compile(
    r"[,;:(\s\u2013-]{0,3}\b(?:figuratively|metaphorically|hypothetically|rhetorically|jokingly"
    r"|im \u00fcbertragenen sinn|bildlich|hypothetisch|figuradamente|metaf\u00f3ricamente"
    r"|au sens figur\u00e9)\b"
    r"(?: (?:speaking|of course|gesprochen|gemeint|hablando|only|obviously"
    r"|naturally|nat\u00fcrlich|claro))*\W{0,2}",
    re.IGNORECASE,
)
# The writer speaks in the first person.
_OWN = re.compile(r"\b(?:i|we|id|ill|ive|weve|ich|wir|yo|je)\b(?! was\b| were\b)(?: \w+){0,3} ?$")
_DENIED = re.compile(r"\b(?:never|not|didnt|dont|wouldnt|nobody|nie|nicht|nunca|no)\b")
_TO_ME = re.compile(r"\b(?:me|us|myself|was|were|been|being|cant|cannot|mich|uns|wurde)\b")
_AS_SAID = re.compile(r"\b(?:as|wie|como|comme) (?:\w+ ){1,5}$")


class Stretch(NamedTuple):
    """A span of text that the writer does not mean, and its kind."""

    kind: str
    start: int
    end: int


def with_rest(
    texts: Sequence[str], answers: Sequence[Scores | Unscored], ask: Ask
) -> list[Scores | Unscored]:
    """The answers, each with the scores of the rest of its text if part of it is not meant, and
    with quotations that the writer adopts among its passages. `ask` scores texts in a language."""
    return [
        _told(text, answer, ask) if isinstance(answer, Scores) and not answer.doubted else answer
        for text, answer in zip(texts, answers, strict=True)
    ]


def _told(text: str, answer: Scores, ask: Ask) -> Scores:
    if own := adopted(text):
        said = ask([text[start + 1 : end - 1] for start, end in own], answer.language)
        passages = (
            Passage(*place, each.values)
            for place, each in zip(own, said, strict=True)
            if isinstance(each, Scores)
        )
        return replace(answer, passages=(*answer.passages, *passages))
    if len(text) <= _LONGEST and _HEDGE.search(text):
        answer = replace(answer, passages=(*answer.passages, *_unhedged(text, answer, ask)))
    return replace(answer, rest=_rest(text, answer, ask)) if _is_notable(answer) else answer


def _unhedged(text: str, answer: Scores, ask: Ask) -> Iterator[Passage]:
    """The text scored without words that call it a figure of speech: they make nothing harmless."""
    for each in ask([_HEDGE.sub(". ", text).strip()], answer.language):
        if isinstance(each, Scores):
            for values in (each.values, *(part.values for part in each.passages)):
                yield Passage(0, len(text), values)


def adopted(text: str) -> list[Span]:
    """Quotations that the writer adopts: “…” he is right; I say “…”."""
    if len(text) > _LONGEST or not (quotations := in_marks(text)):
        return []
    if stream_of(text).agrees:
        return list(quotations[:_MOST])
    return [each for each in quotations if is_own(text, each)]


def stretches(text: str) -> list[Stretch]:
    """The spans that the writer does not mean, in order."""
    if len(text) > _LONGEST:
        return []
    stream = stream_of(text)
    found = [Stretch("quote", *place) for place in quotations_in(text) if _is_cued(text, place)]
    found += [
        Stretch(hit.kind, *hit.place)
        for hit in stream.unmeant
        if hit.kind != AGREES and not (hit.kind == "denied" and hit.taken_back)
        if not (hit.kind == "reported" and _is_own(hit.said, hit.before))
    ]
    if stream.agrees:
        found = [each for each in found if each.kind not in _OTHERS_WORDS]
    if not stream.words.isdisjoint(GROUPS):
        found = [each for each in found if each.kind not in _WHY]
    found += [Stretch(_NAME, *place) for place in people_in(text)]
    return sorted(found, key=lambda each: each[1:]) if len(found) <= _MOST else []


def without(text: str, found: Sequence[Stretch]) -> str:
    """The text with these spans blanked, names replaced by a harmless one, and all offsets kept."""
    letters = list(text)
    for each in found:
        said = _SOMEBODY if each.kind == _NAME else ""
        for at, letter in enumerate(said.ljust(each.end - each.start), each.start):
            if at < each.end and letters[at] != "\n":
                letters[at] = letter
    return "".join(letters)


def _is_notable(scores: Scores) -> bool:
    return any(
        value >= (_NOTABLE_THREAT if label == "threat" else _NOTABLE)
        for values in (scores.values, *(each.values for each in scores.passages))
        for label, value in values.items()
    )


def _rest(text: str, scores: Scores, ask: Ask) -> Rest | None:
    found = stretches(text)
    denied = [each for each in found if each.kind == "denied"]
    if denied:
        said = ask([text[each.start : each.end] for each in denied], scores.language)
        idle = [each for each, alone in zip(denied, said, strict=True) if not _is_bad(alone)]
        found = [each for each in found if each not in idle]
    if not found:
        return None
    why = max((_WHY.get(each.kind, WHY[-1]) for each in found), key=WHY.index)
    places = tuple((each.start, each.end) for each in found)
    left = without(text, found)
    if not any(map(str.isalpha, left)):
        return Rest(dict.fromkeys(scores.values, 0.0), (), why, places)
    said = ask([left], scores.language)
    if not isinstance(said[0], Scores):
        return None
    return Rest(said[0].values, said[0].passages, why, places)


def _is_bad(alone: Scores | Unscored) -> bool:
    return isinstance(alone, Scores) and (
        alone.values.get("toxicity", 0.0) >= _BAD or alone.values.get("threat", 0.0) >= _BAD_THREAT
    )


def _is_cued(text: str, place: Span) -> bool:
    """Whether the context attributes the quotation to somebody else."""
    before = text[max(0, place[0] - 80) : place[0]]
    return bool(_CUE_BEFORE.search(before) or _CUE_AFTER.search(text[place[1] : place[1] + 80]))


def _is_own(said: str, before: str) -> bool:
    """Whether the writer says it themselves."""
    clause = before[max(before.rfind(". "), before.rfind(", ")) + 2 :]
    if _AS_SAID.search(clause):
        return True
    if not _OWN.search(clause):
        return False
    return not (_DENIED.search(clause) or _TO_ME.search(said))
