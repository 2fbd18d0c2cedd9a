"""What each tool and paste makes of a text, and of what is selected in it."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from commentsvc.threads.text import html
from tests.embed.test_marking import ENTER, Steps, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW = "https://example.org/new"
#: What is there (`|` around what is selected), which tool is pressed, and what is there then.
TOOLS: list[tuple[str, tuple[str, object], str]] = [
    # a sign that is taken away leaves the quotation or the list
    ("> one\n|> two|\n> three", ("begin", "> "), "> one\n\n|two|\n> three"),
    ("- one\n- t|wo", ("begin", "- "), "- one\n\nt|wo"),
    # and what is below a new one does not come into it
    ("o|ne\ntwo", ("begin", "- "), "- o|ne\n\ntwo"),
    # lines stay selected, whatever sign of a list they begin with and whatever is between them
    ("|one\ntwo|", ("begin", "- "), "|- one\n- two|"),
    ("|- one\n\n* two|\n", ("begin", "- "), "|one\n\ntwo|\n"),
    # on and off; what is selected stays selected
    ("a |word| here", ("toggle", "**"), "a **|word|** here"),
    ("a **|word|** here", ("toggle", "**"), "a |word| here"),
    ("a |**word**| here", ("toggle", "**"), "a |word| here"),
    ("a |__word__| here", ("toggle", "**"), "a |word| here"),
    ("a *|word|* here", ("toggle", "_"), "a |word| here"),
    ("a| word |here", ("toggle", "_"), "a _|word|_ here"),
    ("_**|word|**_", ("toggle", "_"), "**|word|**"),
    ("_**|word|**_", ("toggle", "**"), "_|word|_"),
    ("***|word|***", ("toggle", "_"), "**|word|**"),
    ("|a **b** c|", ("toggle", "**"), "**|a b c|**"),
    # words among others that have marks
    ("**one |two| three**", ("toggle", "**"), "**one** |two| **three**"),
    ("_one |two|_", ("toggle", "_"), "_one_ |two|"),
    ("_on|e_ two", ("toggle", "_"), "on|e two"),
    ("**one |_two_ three|**", ("toggle", "**"), "**one** |_two_ three|"),
    ("**one _|two|_ three**", ("toggle", "**"), "one _|two|_ three"),
    # without a selection: the word, its marks, or new ones
    ("|", ("toggle", "**"), "**|**"),
    ("**|**", ("toggle", "**"), "|"),
    ("a wo|rd", ("toggle", "**"), "a **wo|rd**"),
    ("a **one wo|rd** b", ("toggle", "**"), "a one wo|rd b"),
    ("a *one wo|rd* b", ("toggle", "_"), "a one wo|rd b"),
    ("a **one _wo|rd_** b", ("toggle", "**"), "a one _wo|rd_ b"),
    ("`**one` wo|rd**", ("toggle", "**"), "`**one` **wo|rd****"),
    ("**word|**", ("toggle", "**"), "**word**|"),
    ("**word |**", ("toggle", "**"), "**word** |"),
    ("**word**|", ("toggle", "**"), "**word|**"),
    ("**_word|_**", ("toggle", "_"), "**_word_|**"),
    ("|- a\n- b\n\nc|", ("toggle", "**"), "|- **a**\n- **b**\n\n**c**|"),
    ("|- **a**\n- **b**|", ("toggle", "**"), "|- a\n- b|"),
    # a link is made, changed, and taken away
    ("a |word| here", ("link", None), "a [word](|https://|) here"),
    ("a [wo|rd](https://x.example) here", ("link", None), "a [word](|https://x.example|) here"),
    ("a [word](|https://x.example|) here", ("link", None), "a |word| here"),
    ("|[word](https://x.example)|", ("link", None), "|word|"),
    ("see |https://x.example|", ("link", None), "see [|](https://x.example)"),
    ("a |", ("link", None), "a [|](https://)"),
    ("a wo|rd here", ("link", None), "a [word](|https://|) here"),
    ("see https://x.ex|ample.", ("link", None), "see [|](https://x.example)."),
    ("see https://|x.example|/a", ("link", None), "see [|](https://x.example/a)"),
    ("see |www.example.org|", ("link", None), "see [|](https://www.example.org)"),
    ("a [|](https://)", ("tab", None), "a [](|https://|)"),
    ("a [w|](https://x.example)", ("tab", None), "a [w|](https://x.example)"),
    # a part of a word: only one of the marks is one there
    ("fi|nd|ing", ("toggle", "_"), "fi*|nd|*ing"),
    ("fi*|nd|*ing", ("toggle", "_"), "fi|nd|ing"),
    ("日|本|語", ("toggle", "_"), "日*|本|*語"),
    ("_fi|nd|ing_", ("toggle", "_"), "*fi*|nd|*ing*"),
    ("is「|「日本」|」", ("toggle", "**"), "is「**|「日本」|**」"),
    ("は|「日本」|で", ("toggle", "**"), "は「**|日本|**」で"),
    ("word|", ("toggle", "_"), "word*|*"),
    ("word*|*", ("toggle", "_"), "word|"),
    ("word*x|*", ("toggle", "_"), "word*x*|"),
    ("|fi|nd", ("toggle", "_"), "*|fi|*nd"),
    ("fi|nd\ntw|o", ("toggle", "_"), "fi|*nd*\n*tw*|o"),
    ("_slan|ted_ it's|", ("toggle", "**"), "**|_slanted_ it's|**"),
    ("**wo|rd** more|", ("toggle", "**"), "**|word more|**"),
    ("|a\n```\nb\n```|", ("toggle", "**"), "|**a**\n```\nb\n```|"),
    ("a `b| c` d|", ("toggle", "**"), "a **|`b c` d|**"),
    # an address stays one
    ("see https://x.ex|ample now", ("toggle", "**"), "see **https://x.ex|ample** now"),
    ("see https://x.|ex|ample now", ("toggle", "_"), "see *|https://x.example|* now"),
    ("a [w](https://x.|ex|ample)", ("toggle", "**"), "a **|[w](https://x.example)|**"),
    ("a [w](https://x.|example)", ("toggle", "**"), "a **[w](https://x.|example)**"),
    ("a| |b", ("toggle", "**"), "a| |b"),
    # in code, signs are no marks
    ("run `a |b| c`", ("toggle", "**"), "run `a |b| c`"),
    ("run `a|b`", ("link", None), "run `a|b`"),
    ("```\na|b\n```", ("toggle", "_"), "```\na|b\n```"),
    ("```\na|b\n```", ("begin", "- "), "```\na|b\n```"),
    # lists of one kind
    ("|- one\ntwo|", ("begin", "- "), "|- one\n- two|"),
    ("1. o|ne", ("begin", "- "), "- o|ne"),
    ("|1. one\n2. two|", ("begin", "- "), "|- one\n- two|"),
    ("1986. A |year", ("begin", "- "), "- 1986. A |year"),
    # an address that is pasted: in a link, it takes the place of the one there
    ("[w](|https://|)", ("arrive", ["", NEW]), f"[w]({NEW}|)"),
    ("[w](https://|)", ("arrive", ["", NEW]), f"[w]({NEW}|)"),
    ("[w](|https://x.example|)", ("arrive", [f"[N]({NEW})", NEW]), f"[w]({NEW}|)"),
    ("[one |two|](https://x.example)", ("arrive", ["", NEW]), f"[one two]({NEW}|)"),
    ("|[w](https://x.example)|", ("arrive", ["", NEW]), f"[w]({NEW}|)"),
    ("a |word| b", ("arrive", ["", NEW]), f"a [word]({NEW})| b"),
    ("|**word**| b", ("arrive", ["", NEW]), f"[**word**]({NEW})| b"),
    ("**wo|rd** a|", ("arrive", ["", NEW]), f"**wo{NEW}|"),
    ("|a [w](https://x.example)|", ("arrive", ["", NEW]), f"{NEW}|"),
    ("`|word|`", ("arrive", ["", NEW]), f"`{NEW}|`"),
    ("`|word|`", ("arrive", ["**b**", "b"]), "`b|`"),
    # beside words
    ("|end", ("arrive", ["**bold**", "bold "]), "**bold** |end"),
    ("so|", ("arrive", ["**bold**", " bold"]), "so **bold**|"),
    ("fi|ing", ("arrive", ["_nd_", "nd"]), "fi*nd*|ing"),
    # in a quotation or an item
    ("> |", ("arrive", ["**a**\n\nb", "a\n\nb"]), "> **a**\n>\n> b|"),
    ("> |", ("arrive", ["", "a\n\nb"]), "> a\n>\n> b|"),
    ("- o|ne", ("arrive", ["**a**\n\nb", "a\n\nb"]), "- o**a**\n\n  b|ne"),
    ("- |", ("arrive", ["- a\n- b", "a b"]), "- a\n- b|"),
    ("> - one|", ("arrive", ["- a\n- b", "a b"]), "> - one\n> - a\n> - b|"),
    ("> one|", ("arrive", ["- a", "a"]), "> one\n>\n> - a|"),
    ("> ```\n> |", ("arrive", ["", "- a\n\n  b"]), "> ```\n> - a\n> \n>   b|"),
    # blocks that are pasted stand alone
    ("|after", ("paste", "> Said"), "> Said\n\n|after"),
    ("see |", ("paste", "- one"), "see \n\n- one|"),
    ("a |b", ("paste", "**x**"), "a **x**|b"),
    # Enter
    ("1. one|", ENTER, "1. one\n2. |"),
    ("2024. A good year|", ENTER, "2024. A good year\n|"),
    ("1998. One\n1999. two|", ENTER, "1998. One\n1999. two\n2000. |"),
    ("```\n- one|", ENTER, "```\n- one\n|"),
    ("```\n- one\n```\n- two|", ENTER, "```\n- one\n```\n- two\n- |"),
    ("> ~~~\n> - one|", ENTER, "> ~~~\n> - one\n> |"),
    ("> ~~~\n> one\n\n- two|", ENTER, "> ~~~\n> one\n\n- two\n- |"),
]


def with_bars(value: str, start: int, end: int) -> str:
    inside = f"|{value[start:end]}" if start < end else ""
    return f"{value[:start]}{inside}|{value[end:]}"


def pressed(text: str, *tools: tuple[str, object]) -> Steps:
    """What is between the bars of this text is selected, and tools are used."""
    before, *rest = text.split("|")
    selected = len(before), len(before) + (len(rest[0]) if rest[1:] else 0)
    return [("type", text.replace("|", "")), ("select", selected), *tools]


def test_tools() -> None:
    found = typed([pressed(text, tool) for text, tool, _ in TOOLS])
    assert [with_bars(*each) for each in found] == [wanted for *_, wanted in TOOLS]


#: Everything the toolbar does.
BUTTONS = [["toggle", "**"], ["toggle", "_"], ["begin", "> "], ["begin", "- "], ["link", ""]]
PIECES = [
    "one",
    "two",
    " ",
    " ",
    "\n",
    "\n\n",
    "- ",
    "> ",
    "1. ",
    "**",
    "_",
    "*",
    "```",
    "[a](https://b.example)",
]


def texts(chance: random.Random, count: int) -> Iterator[str]:
    """Texts of words and marks, with something selected, or nothing."""
    for _ in range(count):
        pieces = chance.choices(PIECES, k=chance.randint(1, 12))
        places = sorted(chance.choices(range(len(pieces) + 1), k=chance.randint(1, 2)))
        for at in reversed(places):
            pieces.insert(at, "|")
        yield "".join(pieces)


def test_a_tool_pressed_twice_gives_back_what_was_there() -> None:
    given = [(text, button) for text in texts(random.Random(7), 400) for button in BUTTONS]
    twice = [pressed(text, ("press", each), ("press", each)) for text, each in given]
    once = typed([pressed(text, ("press", each)) for text, each in given])
    for (text, button), (value, *_), back in zip(given, once, typed(twice), strict=True):
        if value != text.replace("|", ""):  # else only the caret moved
            assert with_bars(*back) == text.replace("||", "|"), button


TAGS = {"**": "strong", "_": "em"}


class Emphasis(HTMLParser):
    """The words of a page that are emphasized."""

    def __init__(self, markup: str, tag: str) -> None:
        super().__init__()
        self.tag, self.depth = tag, 0
        self.words: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.depth += tag == self.tag

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == self.tag

    def handle_data(self, data: str) -> None:
        self.words += re.findall(r"[a-z]\d", data) if self.depth else []


def emphasized(text: str, sign: str) -> set[str]:
    return set(Emphasis(html(text), TAGS[sign]).words)


def marked_texts(chance: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """Words, some of which are emphasized, and one of them."""
    for _ in range(count):
        words = [f"w{at}" for at in range(6)]
        chosen = chance.choice(words)
        marks = [chance.choice(["**", "_", "*", "__", "***"]) for _ in range(2)]
        for mark, (first, last) in zip(marks, ((0, 2), (3, 5)), strict=True):
            begin, end = sorted(chance.choices(range(first, last + 1), k=2))
            words[begin] = mark + words[begin]
            words[end] += mark
        yield " ".join(words), chosen


def test_a_tool_changes_how_the_word_of_the_caret_looks() -> None:
    """With the caret in a word, it is emphasized then, or neither it nor what was with it."""
    for sign in TAGS:
        given = list(marked_texts(random.Random(3), 300))
        carets = [text.replace(word, f"{word[0]}|{word[1]}") for text, word in given]
        answers = typed([pressed(text, ("toggle", sign)) for text in carets])
        for (before, word), (after, *_) in zip(given, answers, strict=True):
            had, has = emphasized(before, sign), emphasized(after, sign)
            assert (word in has) != (word in had), (before, word, after)
            assert has < had if word in had else has == had | {word}, (before, word, after)
