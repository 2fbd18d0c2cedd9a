"""Sentences with numbers: each says the right thing for 1."""

from __future__ import annotations

import re

import pytest

from commentsvc.core import locale
from scripts import words
from tests.laws import keep

#: What is counted, by its English words.
COUNTED = re.compile(
    r"\{(\w+)\}(?= (?:\w+ ){0,3}?(?:accounts|addresses|appeals|authors|characters|comments|conversations"
    r"|days|decisions|entries|files|hours|lines|links|members|messages|minutes|months|notes|pages|people"
    r"|reactions|readers|replies|reports|seconds|sites|strikes|threads|times|tries|votes|weeks|words|years)\b)"
)
#: Values that are never 1: limits, and the least number of something.
LIMITS = {"n", "most", "fewest", "enough", "audited"}
#: Values that are no numbers.
NAMES = {"site", "origin", "why"}
#: Sentences that are right as they are, and why.
REVIEWED = {
    ("cases.step.why", "strikes"): "a decimal number",
    ("cases.step.why", "strike_days"): "a setting, 90 at first, that nobody sets to 1",
    ("dashboard.reading.source", "count"): "thousands of comments",
    ("emails.statement.precedents", "count"): "said of three and more",
    ("exchange.taken.states", "withdrawn"): "the word belongs to the verb",
    ("tuning.fair.how", "total"): "hundreds of comments",
    ("widget.disqus.multiple", "num"): "Disqus has another sentence for 1",
}
#: Sentences that need forms in English alone, or in some languages.
ALONE = {"desk.near.tally", "dashboard.reading.own"}


def bare(text: str) -> list[str]:
    """The numbers before a plural that is not chosen by them."""
    return [each for each in COUNTED.findall(text) if each not in LIMITS | NAMES]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Of {n|one=# comment|other=# comments}", []),
        ("Of {comments} comments", ["comments"]),
        ("{count} of the last comments", ["count"]),
        ("At most {most} comments", []),
        ("Comments: {count}", []),
    ],
)
def test_it_works(text: str, found: list[str]) -> None:
    assert bare(text) == found


def test_no_english_sentence_counts_one_as_many() -> None:
    found = {(key, name) for key, text in words.catalogue("en").items() for name in bare(text)}
    keep("Give these plural forms:", sorted(found - REVIEWED.keys()))
    keep("No sentence needs these rows:", sorted(REVIEWED.keys() - found))


def test_every_language_says_one_where_english_does() -> None:
    """A sentence in which English has forms has some in each language with a plural."""
    english = {key: forms(text) for key, text in words.catalogue("en").items()}
    missing = [
        f"{name} {key}"
        for name in locale.available()
        if len(words.categories(name)) > 1
        for key, text in words.catalogue(name).items()
        if english.get(key) and key not in ALONE and not forms(text) and not is_alone(text)
    ]
    keep("Give these plural forms:", missing)


def forms(text: str) -> set[str]:
    """The numbers that choose a form."""
    return {each[1] for each in words._HOLE.finditer(text) if each[2] is not None}


def is_alone(text: str) -> bool:
    """No word goes by a number: `Comments: {count}`."""
    return not re.search(r"\{\w+\} \w", text)
