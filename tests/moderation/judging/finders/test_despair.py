"""Despair in the first person is no call to others; the same words said to somebody are."""

from __future__ import annotations

from tests.moderation.judging.finders.test_phrases import rules
from tests.tables import every_row


@every_row(
    "text",
    [
        "I want to die. Nobody would notice.",
        "Nobody would notice. I want to die.",
        "I don't want to live anymore. None of us would care.",
        "If I died tonight, nobody would notice.",
        "I could just disappear and nobody would ever notice.",
        "I want to kill myself. No one would even care. Thank you all for reading.",
        "Ich will sterben. Niemand würde es merken.",
        "Voglio morire. Nessuno se ne accorgerebbe.",
        "Quero morrer. Ninguém vai notar.",
        "Je veux mourir. Personne ne pleurerait.",
    ],
)
def test_who_speaks_of_themselves_calls_for_nothing(text: str) -> None:
    assert "self_harm_urged" not in rules(text)


@every_row(
    "text",
    [
        "Nobody would notice if you died.",
        "No one would even care if you were gone, loser.",
        "I want to die because of you. Nobody would notice if you died.",
        "I think you should die and nobody would notice.",
        "I want you to die. Nobody would notice.",
        "Nobody would miss you.",
        "Kill yourself. Nobody would notice.",
        "Nadie te va a extrañar.",
        "Nessuno sentirebbe la tua mancanza.",
    ],
)
def test_who_speaks_to_somebody_does(text: str) -> None:
    assert "self_harm_urged" in rules(text)
