"""The default scorer: our own small model, shipped in the package and run with NumPy alone."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .. import explain as explanation
from .. import heads, mixed, passages, sentences, tokens
from .. import language as languages
from ..labels import LABELS
from ..modelfile import SHIPPED, Model, ModelBroken, ModelMissing, read
from ..normalise import fold
from ..readings.every import readings
from ..scorer import Foreign, Passage, Reason, ScorerStatus, Scores, Unscored, Weight
from ..vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ..readings.words import Alternative
    from ..sentences import Span
    from ..vectors import Laid

NAME = "embedded"
_BAD = 0.5  # from here on, a part or another reading of a text takes precedence over the whole


class EmbeddedScorer:
    """Scores in the request, in well under a millisecond. Without a usable file it says so."""

    name = NAME
    labels = LABELS
    in_request = True
    takes_likely = True

    def __init__(self, path: Path = SHIPPED) -> None:
        self.version = "none"
        self.model: Model | None = None
        self._vectors: Vectors | None = None
        self._reason: Reason = "model_missing"
        self._message = ""
        self._scored = self._failures = 0
        self._spent = 0.0
        self._load_ms: float | None = None
        self._model_name = f"{NAME}/none"
        begun = time.perf_counter()
        try:
            self.model = read(path)
        except ModelMissing as error:
            self._message = str(error)
        except ModelBroken as error:
            self._reason, self._message = "model_broken", str(error)
        else:
            self._vectors = Vectors(self.model)
            self.version = self.model.version
            self._model_name = f"{NAME}/{self.version}"
            self._load_ms = (time.perf_counter() - begun) * 1000

    @property
    def rough(self) -> Collection[str]:
        """The languages scored for toxicity alone: in a chain, a later scorer that reads them goes
        before this one."""
        return self.model.heads if self.model else ()

    def score(
        self, texts: Sequence[str], *, language: str | None = None, likely: Collection[str] = ()
    ) -> list[Scores | Unscored]:
        """Scores of each text. A language hint is trusted, even for a language that is not scored;
        `likely` languages influence detection. A short text of uncertain language gets its worst
        score."""
        begun = time.perf_counter()
        answers = [self._read(text, language, likely) for text in texts]
        self._spent += time.perf_counter() - begun
        self._scored += len(texts)
        return answers

    def _read(self, text: str, hint: str | None, likely: Collection[str]) -> Scores | Unscored:
        """The text's scores, or those of another reading if they are worse or the only ones."""
        return self._meant(text, hint, likely)[0]

    def _meant(
        self, text: str, hint: str | None, likely: Collection[str]
    ) -> tuple[Scores | Unscored, Alternative | None]:
        """The same, with the reading that was scored, or None for the text as it stands."""
        said, by = self._plainly(text, hint, likely), None
        for reading in readings(text):
            worse = _worse(said, self._plainly(reading.text, hint, likely), reading)
            if worse is not said:
                said, by = worse, reading
        return said, by

    def _plainly(self, text: str, hint: str | None, likely: Collection[str]) -> Scores | Unscored:
        """The text as a whole; without a hint also its words in Latin letters and, if the whole
        cannot be read, its sentences, so that a few foreign words hide nothing."""
        whole = self._one(text, hint, likely)
        if hint:
            return whole
        if (latin := mixed.latin_of(text)) is not None:
            said = self._one(latin.text, None, likely)
            if isinstance(said, Scores) and _goes_before(said, whole, latin.most):
                return said
        if isinstance(whole, Unscored) and whole.reason == "language":
            return self._by_sentences(text, likely) or whole
        if isinstance(whole, Scores) and whole.language == languages.DEFAULT:
            return self._with_foreign(text, whole, likely)
        return whole

    def _with_foreign(self, text: str, whole: Scores, likely: Collection[str]) -> Scores:
        """An English text, with its stretches in other languages scored in those."""
        read = [
            (each, said)
            for each in self._foreign_places(text, likely)
            for said in (self._one(text[slice(*each)], None, likely, foreign=True),)
            if said.language not in (None, languages.DEFAULT)
        ]
        if not read:
            return whole
        foreign = tuple(Foreign(*each, said.language or "") for each, said in read)
        bad = [
            Passage(*each, {heads.LABEL: toxicity})
            for each, said in read
            if isinstance(said, Scores) and (toxicity := _toxicity(said.values)) >= _BAD
        ]
        worst = max((each.values[heads.LABEL] for each in bad), default=0.0)
        values = {**whole.values, heads.LABEL: max(worst, _toxicity(whole.values))}
        return replace(whole, values=values, passages=(*whole.passages, *bad), foreign=foreign)

    def _foreign_places(self, text: str, likely: Collection[str]) -> list[Span]:
        """Stretches of a text that are worth scoring in another language: they are in one, or may be
        and would be bad in it. Most of a text's stretches are names, so they are told together."""
        places, model, vectors = mixed.not_english(text), self.model, self._vectors
        if not places or model is None or vectors is None:
            return []
        parts = [text[slice(*each)] for each in places]
        told = vectors.evidence_of_parts(parts)
        codes = [
            languages.of_text(model, part, said, count, likely)
            for part, (said, count) in zip(parts, told, strict=True)
        ]
        maybe = languages.others_of_parts(model, told, codes, likely)
        return [
            place
            for place, part, code, others in zip(places, parts, codes, maybe, strict=True)
            if code != languages.DEFAULT or _is_bad(model, part, others)
        ]

    def _by_sentences(self, text: str, likely: Collection[str]) -> Scores | None:
        """The scores of the worst sentence in a scored language, if it is bad."""
        found: list[tuple[Scores, Passage]] = []
        for begin, end in mixed.parts(text):
            said = self._one(text[begin:end], None, likely)
            if isinstance(said, Scores):
                found.append((said, Passage(begin, end, said.values)))
        if not found:
            return None
        said, worst = max(found, key=lambda each: _toxicity(each[0].values))
        if _toxicity(worst.values) < _BAD:
            return None
        return Scores(said.values, said.model, said.language, (worst,), doubted=True)

    def _one(
        self, text: str, hint: str | None, likely: Collection[str] = (), *, foreign: bool = False
    ) -> Scores | Unscored:
        """A text's scores in its language. `foreign`: a stretch of a text, whose sentences are not
        scored separately."""
        model, vectors = self.model, self._vectors
        if model is None or vectors is None:
            return Unscored(self._reason, self._model_name, hint)
        if not has_words(text):
            return Unscored("no_text", self._model_name, hint)
        places = [] if foreign else sentences.alone(text)
        laid, code = _laid_out(model, vectors, text, places, hint, likely)
        if not (count := laid.size):
            return Unscored("no_text", self._model_name, hint)
        maybe = () if hint else languages.others(model, laid.said, count, found=code, likely=likely)
        read = passages.read(model, text, laid, places, code)
        if read is None:
            return Unscored("language", self._model_name, code)
        values, parts = read
        if not math.isfinite(sum(values.values())):
            self._failures += 1
            return Unscored("failed", self._model_name, code)
        if not hint:
            besides = [(each, passages.values(model, text, laid, each)) for each in maybe]
            worst = max(besides, key=lambda each: _toxicity(each[1]), default=(code, values))
            if worst[1] is not None and _toxicity(worst[1]) > max(_toxicity(values), _BAD):
                return Scores(worst[1], self._model_name, worst[0], doubted=True)
            if _toxicity(values) < _BAD and languages.is_doubtful(
                model, text, laid.said, count, found=code, likely=likely
            ):
                return Unscored("language", self._model_name, None)
        return Scores(values, self._model_name, code, parts)

    def explain(self, text: str, label: str) -> list[Weight]:
        """The words that carried a label's score, heaviest first; empty without a score."""
        if self.model is None or self._vectors is None:
            return []
        said, by = self._meant(text, None, ())
        if isinstance(said, Unscored) or label not in said.values:
            return []
        read = text if by is None else by.text
        if head := self.model.heads.get(said.language or ""):
            found = explanation.explain_by_head(head, read)
        else:
            found = explanation.explain(self.model, self._vectors, read, label)
        if by is None:
            return found
        places = (by.place(each.start, each.end) for each in found)
        return [
            replace(each, start=start, end=end)
            for each, (start, end) in zip(found, places, strict=True)
        ]

    def status(self) -> ScorerStatus:
        speed = self._spent * 1000 / self._scored if self._scored else None
        counts: dict[str, Any] = {"scored": self._scored, "failures": self._failures}
        if self.model is None:
            missing = self._reason == "model_missing"
            state: Literal["missing", "broken"] = "missing" if missing else "broken"
            return ScorerStatus(state, self._message, NAME, self.version, **counts)
        message = f"ready, scores {', '.join(self.model.network_languages)}"
        if self.model.heads:
            message += f", and {', '.join(self.model.heads)} for toxicity only"
        message += ", and no other languages"
        return ScorerStatus(
            "ok",
            message,
            NAME,
            self.version,
            load_ms=self._load_ms,
            speed=speed,
            languages=(*self.model.network_languages, *self.model.heads),
            **counts,
        )


def _laid_out(
    model: Model,
    vectors: Vectors,
    text: str,
    places: Sequence[Span],
    hint: str | None,
    likely: Collection[str],
) -> tuple[Laid, str]:
    """A text's tokens and its language. Only the network needs those of the parts, so they are looked
    up at once only in a text that may well be English, and whose whole has the same words."""
    later = len(text) > tokens.MAX_CHARS or not text.isascii()
    laid = vectors.laid_out(text, () if later else places)
    code = (
        hint.partition("-")[0].lower()
        if hint
        else languages.of_text(model, text, laid.said, laid.size, likely)
    )
    if later and places and code in model.network_languages:
        laid = vectors.laid_out(text, places)
    return laid, code


def _is_bad(model: Model, text: str, codes: Sequence[str]) -> bool:
    """Whether a text is bad in one of these languages that have a head."""
    said = (head.of_text(text) for code in codes if (head := model.heads.get(code)))
    return max(said, default=0.0) > _BAD


def _goes_before(part: Scores, whole: Scores | Unscored, most: bool) -> bool:
    """Whether a part's scores stand for the text: it is most of a text that is unreadable as a
    whole, or it is bad, and worse than the whole."""
    worst = max(part.values.values())
    if isinstance(whole, Unscored):
        return whole.reason in ("language", "no_text") and (most or worst >= _BAD)
    return worst >= _BAD and worst > max(whole.values.values())


def _worse(said: Scores | Unscored, other: Scores | Unscored, by: Alternative) -> Scores | Unscored:
    """The scores that stand for a text, its own or those of another reading: the worse ones, or the
    reading's if hardly a word of the text is readable as it stands."""
    bad = isinstance(said, Scores) and max(said.values.values()) >= _BAD
    if isinstance(other, Unscored):
        return other if by.most and not bad else said
    if not (by.most and not bad) and not _goes_before(other, said, by.most):
        return said
    return replace(
        other,
        foreign=(),
        passages=tuple(
            replace(each, start=start, end=end)
            for each in other.passages
            for start, end in (by.place(each.start, each.end),)
        ),
    )


def _toxicity(values: Mapping[str, float] | None) -> float:
    return values[heads.LABEL] if values and math.isfinite(values[heads.LABEL]) else 0.0


def has_words(text: str) -> bool:
    """Whether a text has anything that the model can read: a letter, or a sign with a meaning."""
    if any(map(str.isalpha, text)) or any(sign in text for sign in tokens.WORD_SIGNS):
        return True
    return not text.isascii() and any(map(str.isalpha, fold(text)[0]))  # ⓛⓘⓚⓔ ⓣⓗⓘⓢ


def make(argument: str) -> EmbeddedScorer:
    """`embedded` is the shipped model; `embedded:PATH` is one that was trained here."""
    return EmbeddedScorer(Path(argument) if argument else SHIPPED)
