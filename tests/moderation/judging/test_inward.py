"""Violence against nobody but who writes: no threat, unless somebody else is meant as well."""

from __future__ import annotations

from commentsvc.moderation.judging.inward import inward
from tests.tables import every_row


def test_it_works() -> None:
    assert inward("I want to die of embarrassment") and not inward("I want to kill you")


@every_row(
    "text",
    [
        "This town makes me want to kill myself.", "This time I could have died of shame.", "Kill me now.",
        "I'm going to hang myself", "Ich könnte vor Scham sterben", "Morgen bringe ich mich um",
        "Je vais me tuer", "Quiero matarme", "Voglio ammazzarmi",
    ],
)  # fmt: skip
def test_against_oneself(text: str) -> None:
    assert inward(text)


@every_row(
    "text",
    [
        "I want to kill myself and you", "I want to die and I will take everyone with me",
        "I want the mayor to die", "I will kill myself and burn the town hall", "The ferry was late.",
        "Ich bringe mich um und euch auch", "Before I kill myself I will shoot the judge",
        "I died laughing when they hanged the traitor",
    ],
)  # fmt: skip
def test_against_somebody_else_or_nobody(text: str) -> None:
    assert not inward(text)
