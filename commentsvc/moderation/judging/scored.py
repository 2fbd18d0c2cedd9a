"""The verdict of a policy on a text and its scores alone, without author or conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...toxicity.scorer import Scores, Unscored
from .facts import Read, limits_of, listed_insults, read_text
from .meant import with_rest
from .rules import RULES, judge
from .spam.gathered import spam_facts
from .verdict import Meant, Sentence, Submission, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...sites.policy import Policy
    from ...toxicity.scorer import Passage, Rest, Scorer

_NO_SITE = 0


def reading(policy: Policy, text: str) -> Read:
    """The facts of the text itself. One reading serves all policies with the same word lists."""
    return read_text(_NO_SITE, policy, text)


def verdict_on(policy: Policy, read: Read, said: Scores | Unscored) -> Verdict:
    """The verdict on a text, given a scorer's answer for it and its sentences."""
    passages = said.passages if isinstance(said, Scores) else ()
    return judge(
        RULES,
        Submission(
            text=read.text,
            plain=read.said,
            language=said.language,
            scores=said.values if isinstance(said, Scores) else None,
            unscored=said.reason if isinstance(said, Unscored) else None,
            doubted=isinstance(said, Scores) and said.doubted,
            sentences=_sentences(passages),
            meant=_meant(said.rest) if isinstance(said, Scores) and said.rest else None,
            banned=read.banned,
            suspect=read.suspect,
            insults=listed_insults(read, said, policy),
            links=read.links,
            **spam_facts(read.promotion, policy, read.links, None, None),
            spotted=read.spotted,
            shouting=read.shouting,
            limits=limits_of(policy),
        ),
    )


def _sentences(passages: Iterable[Passage]) -> tuple[Sentence, ...]:
    return tuple(Sentence(each.values, each.start, each.end) for each in passages)


def _meant(rest: Rest) -> Meant:
    return Meant(rest.values, rest.why, _sentences(rest.passages), rest.places)


def with_rest_by(
    scorer: Scorer, texts: Sequence[str], answers: Sequence[Scores | Unscored]
) -> list[Scores | Unscored]:
    """A scorer's answers, with scores for what is left of a text not fully meant."""
    return with_rest(texts, answers, lambda some, code: scorer.score(some, language=code))


def held(policy: Policy, text: str, said: Scores | Unscored) -> bool:
    """Whether the policy holds this text."""
    return verdict_on(policy, reading(policy, text), said).holds
