"""A chain of scorers: the first that knows a text's language scores it, or a later one that reads
the language better."""

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
    text that no other reads stays unscored for that reason. A scorer may know some languages only
    roughly (`rough`): a later one that is known to read them goes before it, if it answers."""

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
        rough = {at for at, each in enumerate(answers) if _is_rough(self.members[0], each)}
        for member in self.members[1:]:
            for hint, places in _open(answers, language, rough, member).items():
                said = ask(member, [texts[at] for at in places], hint, likely)
                for at, each in zip(places, said, strict=True):
                    if isinstance(each, Scores):
                        rough.discard(at)
                        if _is_rough(member, each):
                            rough.add(at)
                    answers[at] = _better(answers[at], each)
        self._spent += time.perf_counter() - begun
        self._scored += len(texts)
        self._failures += sum(isinstance(each, Unscored) and _rank(each) > 1 for each in answers)
        return answers

    def explain(self, text: str, label: str) -> list[Weight]:
        """The words that carried the score, if the scorer that gave it can tell at once."""
        for at, member in enumerate(self.members):
            if not member.in_request or self._passes_on(at, text):
                return []
            if found := member.explain(text, label):
                return found
        return []

    def _passes_on(self, at: int, text: str) -> bool:
        """Whether a later scorer goes before this one for the text's language."""
        member = self.members[at]
        if not _rough(member):
            return False
        said = ask(member, [text], None, ())[0]
        return _is_rough(member, said) and any(
            _goes_before(later, said) for later in self.members[at + 1 :]
        )

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


def _rough(scorer: Scorer) -> Collection[str]:
    """The languages that a scorer knows only roughly."""
    found: Collection[str] = getattr(scorer, "rough", ())
    return found


def _is_rough(scorer: Scorer, said: Scores | Unscored) -> bool:
    """Whether the scorer knows the answer's language only roughly, and is sure that it is that one."""
    return isinstance(said, Scores) and not said.doubted and said.language in _rough(scorer)


def _goes_before(later: Scorer, said: Scores | Unscored) -> bool:
    """Whether a later scorer is known to read the language of a rough answer, and better."""
    return said.language in (later.status().languages or ()) and said.language not in _rough(later)


def _open(
    answers: Answers, language: str | None, rough: Collection[int], member: Scorer
) -> dict[str | None, list[int]]:
    """The texts for the next scorer, by language: the caller's, or one a scorer detected."""
    found: dict[str | None, list[int]] = defaultdict(list)
    for at, said in enumerate(answers):
        if isinstance(said, Scores):
            if at in rough and _goes_before(member, said):
                found[language or said.language].append(at)
        elif said.reason != "no_text":
            heard = said.language if said.reason == "language" else None
            found[language or heard].append(at)
    return found


def _better(before: Scores | Unscored, said: Scores | Unscored) -> Scores | Unscored:
    """The later score, or the earlier one where there is none; else the more telling reason: an
    unavailable scorer before an unknown language."""
    if isinstance(said, Unscored):
        return before if isinstance(before, Scores) else max(before, said, key=_rank)
    return said


def _rank(said: Unscored) -> int:
    return {"no_text": 0, "language": 1}.get(said.reason, 2)
