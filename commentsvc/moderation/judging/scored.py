"""What a policy makes of scores alone, of a text that nothing else is known about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...toxicity.scorer import Scores, Unscored
from .facts import limits_of
from .rules import RULES
from .verdict import Sentence, Submission, Verdict, judge

if TYPE_CHECKING:
    from ...sites.policy import Policy


def verdict_on(policy: Policy, text: str, said: Scores | Unscored) -> Verdict:
    """The verdict for what a scorer says of a plain text and of its sentences."""
    passages = said.passages if isinstance(said, Scores) else ()
    return judge(
        RULES,
        Submission(
            text=text,
            plain=text,
            scores=said.values if isinstance(said, Scores) else None,
            unscored=said.reason if isinstance(said, Unscored) else None,
            sentences=tuple(Sentence(each.values, each.start, each.end) for each in passages),
            limits=limits_of(policy),
        ),
    )


def held(policy: Policy, text: str, said: Scores | Unscored) -> bool:
    """Whether the policy holds such a text."""
    return verdict_on(policy, text, said).holds
