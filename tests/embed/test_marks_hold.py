"""What tools and pastes write is read as marks, wherever it stands."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from commentsvc.threads.text import html
from tests.embed.test_marking import Inside, typed
from tests.embed.test_tools import TAGS, pressed

if TYPE_CHECKING:
    from collections.abc import Iterator


class Seen(HTMLParser):
    """What there is to read."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.feed(html(text))

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


WORDS = [
    *(
        "finding",
        "snake_case",
        "日本語です",
        "「日本」",
        "été",
        "it's",
        "(so)",
        "see,",
        "`a *b*`",
        "**bold**",
        "so-so",
    ),
    *(
        "_slanted_",
        "https://x.example/a_b",
        "www.example.org",
        "[some words](https://y.example/c)",
        "2+3",
    ),
]


def selections(chance: random.Random, count: int) -> Iterator[str]:
    """Words, and some letters of them that are selected, which are no signs of marks."""
    while count:
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
        start, end = sorted(chance.choices(range(len(text) + 1), k=2))
        if start == end or re.search(
            r"[*_`]", text[max(0, start - 2) : start + 2] + text[max(0, end - 2) : end + 2]
        ):
            continue
        count -= 1
        yield f"{text[:start]}|{text[start:end]}|{text[end:]}"


def test_no_mark_is_left_to_see() -> None:
    """Whatever is selected: what is made bold or italic reads as before, and links stay links."""
    given = [(text, sign) for text in selections(random.Random(5), 600) for sign in TAGS]
    answers = typed([pressed(text, ("toggle", sign)) for text, sign in given])
    for (text, sign), (after, *_) in zip(given, answers, strict=True):
        before, then = Seen(text.replace("|", "")), Seen(after)
        assert "".join(then.words) == "".join(before.words), (text, sign, after)
        assert then.tags.count("a") == before.tags.count("a"), (text, sign, after)


def test_a_link_is_one() -> None:
    """Whatever is selected: with an address, what the tool writes is read as a link."""
    given = list(selections(random.Random(9), 600))
    for text, (after, *_) in zip(
        given, typed([pressed(each, ("link", None)) for each in given]), strict=True
    ):
        seen = Seen(after.replace("](https://)", "](https://n.example)").replace("[](", "[n]("))
        assert not re.search(r"\]\(|\[", "".join(seen.words)), (text, after)


def test_what_is_pasted_stays_where_it_is_pasted() -> None:
    """In a quotation or a list item, all of it is inside."""
    chance = random.Random(11)
    inside = ["> in1 ", "> ", "- ", "- in1 ", "> - ", "> - in1", "1. ", "> > in1\n> > "]
    pieces = ["in2", "- in3", "> in4", "3. in5", "```\nin6\n```", "in7\n\nin8", "**in9**\nin10"]
    given = [chance.choice(inside) + "|\n\nout1" for _ in range(200)]
    # a list that is pasted ends, and what comes below it stands below that of the item, too
    kinds = [pieces if text[0] == ">" else [*pieces[:1], *pieces[4:]] for text in given]
    markup = ["\n\n".join(chance.choices(each, k=chance.randint(1, 3))) for each in kinds]
    steps = [
        pressed(text, ("arrive", [each, ""])) for text, each in zip(given, markup, strict=True)
    ]
    for text, each, (after, *_) in zip(given, markup, typed(steps), strict=True):
        words = Inside(html(after)).words
        assert [word for word in words[False] if word.startswith("in")] == [], (text, each, after)
        assert "out1" in words[False], (text, each, after)
