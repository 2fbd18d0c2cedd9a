"""A chain of scorers: the first that knows a text's language scores it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal

from ..scorer import Scorer, ScorerStatus, Scores, Unscored, Weight

Answers = list[Scores | Unscored]
#: Asks one scorer about texts, with a language hint and the likely languages.
Ask = Callable[[Scorer, Sequence[str], str | None, Collection[str]], Answers]

NAME = "chain"


class ChainScorer:
    """Its scores carry the name of the scorer that gave them. A broken scorer stops no other; a
    text that no other reads stays unscored for that reason."""

    name = NAME
    takes_likely = True

    def __init__(self, members: Sequence[Scorer]) -> None:
        self.members = tuple(members)
        self.version = "+".join(each.name for each in members)
        #: the first scorer's: what it reads is scored in the request
        self.in_request = self.members[0].in_request
        self._scored = self._failures = 0
        self._spent = 0.0

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that any of them measures."""
        return tuple(dict.fromkeys(label for each in self.members for label in each.labels))

    def score(
        self, texts: Sequence[str], *, language: str | None = None, likely: Collection[str] = ()
    ) -> Answers:
        """One answer per text; waits for every scorer that is asked."""
        return self.score_by(ask, texts, language, likely)

    def score_by(
        self, ask: Ask, texts: Sequence[str], language: str | None, likely: Collection[str]
    ) -> Answers:
        """The same, asking each scorer through `ask`, which knows how long to wait."""
        begun = time.perf_counter()
        answers = list(ask(self.members[0], texts, language, likely))
        for member in self.members[1:]:
            for hint, places in _open(answers, language).items():
                said = ask(member, [texts[at] for at in places], hint, likely)
                for at, each in zip(places, said, strict=True):
                    answers[at] = _better(answers[at], each)
        self._spent += time.perf_counter() - begun
        self._scored += len(texts)
        self._failures += sum(isinstance(each, Unscored) and _rank(each) > 1 for each in answers)
        return answers

    def explain(self, text: str, label: str) -> list[Weight]:
        """The words that carried the score, if the scorer that gave it can tell at once."""
        for member in self.members:
            if not member.in_request:
                return []
            if found := member.explain(text, label):
                return found
        return []

    def status(self) -> ScorerStatus:
        """`ok` if all are; otherwise the message names those that are not."""
        each = tuple(member.status() for member in self.members)
        away = [one for one in each if one.state != "ok"]
        state: Literal["ok", "missing", "broken"] = "ok"
        if away:
            state = "missing" if all(one.state == "missing" for one in away) else "broken"
        known = [one.languages for one in each if one.languages is not None]
        return ScorerStatus(
            state,
            "; ".join(f"{one.name}: {one.message}" for one in away or each),
            self.name,
            self.version,
            speed=self._spent * 1000 / self._scored if self._scored else None,
            scored=self._scored,
            failures=self._failures,
            languages=tuple(dict.fromkeys(code for codes in known for code in codes))
            if len(known) == len(each)
            else None,
            members=each,
        )

    def warm(self) -> None:
        """Start the scorers that need starting, without waiting for them."""
        self._all("warm")

    def stop(self) -> None:
        """Stop the scorers that run in processes of their own."""
        self._all("stop")

    def _all(self, wish: str) -> None:
        for member in self.members:
            if (found := getattr(member, wish, None)) is not None:
                found()


def ask(
    scorer: Scorer, texts: Sequence[str], language: str | None, likely: Collection[str]
) -> Answers:
    """A scorer's answers; it gets the likely languages if it uses them."""
    more: dict[str, Any] = {"likely": likely} if getattr(scorer, "takes_likely", False) else {}
    return list(scorer.score(texts, language=language, **more))


def _open(answers: Answers, language: str | None) -> dict[str | None, list[int]]:
    """The texts for the next scorer, by language: the caller's, or one a scorer detected."""
    found: dict[str | None, list[int]] = defaultdict(list)
    for at, said in enumerate(answers):
        if isinstance(said, Unscored) and said.reason != "no_text":
            heard = said.language if said.reason == "language" else None
            found[language or heard].append(at)
    return found


def _better(before: Scores | Unscored, said: Scores | Unscored) -> Scores | Unscored:
    """A score; else the more telling reason: an unavailable scorer before an unknown language."""
    if isinstance(before, Unscored) and isinstance(said, Unscored):
        return max(before, said, key=_rank)
    return said


def _rank(said: Unscored) -> int:
    return {"no_text": 0, "language": 1}.get(said.reason, 2)
