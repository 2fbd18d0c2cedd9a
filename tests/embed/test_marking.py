"""What is typed outside a quotation or a list is rendered outside it, whatever was pressed on the way."""

from __future__ import annotations

import itertools
import json
import random
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from commentsvc.threads.text import html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARTS = Path(__file__).resolve().parents[2] / "static" / "embed" / "parts"
#: Types into a text, as parts/typing.js does: keys, tools and pastes become changes.
TYPE = """
import {readFileSync} from "node:fs";
const {goOn, pasting} = await import(process.argv[1] + "/lines.js");
const {begin, link, quoting, toggle, Presses} = await import(process.argv[1] + "/marking.js");
const type = (steps) => {
  let value = "", start = 0, end = 0;
  const presses = new Presses();
  const make = (made) => {
    value = value.slice(0, made.from) + made.text + value.slice(made.to);
    [start, end] = [made.start, made.end];
  };
  const put = (text) => {
    const at = start + text.length;
    make({from: start, to: end, text, start: at, end: at});
  };
  const keys = {
    type: put,
    enter: () => { const made = start === end && goOn(value, start); if (made) make(made); else put("\\n"); },
    begin: (sign) => make(begin(value, start, end, sign)),
    quote: (words) => make(quoting(value, end, words)),
    paste: (text) => make(pasting(value, start, end, text)),
    toggle: (sign) => make(toggle(value, start, end, sign)),
    select: ([from, to]) => { start = from; end = to; },
    link: () => make(link(value, start, end)),
    press: ([key, sign]) => {
      const made = {begin, toggle, link}[key](value, start, end, sign);
      make(presses.press(key + sign, [value, start, end], made));
    },
  };
  for (const [key, what] of steps) keys[key](what);
  return [value, start, end];
};
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(type)));
"""
Steps = list[tuple[str, object]]


def typed(sequences: list[Steps]) -> list[tuple[str, int, int]]:
    """What stands in the field after each, and what is selected."""
    command = ["node", "--input-type=module", "-e", TYPE, PARTS.as_uri()]
    given = json.dumps(sequences).encode()
    answer = subprocess.run(command, input=given, check=True, stdout=-1, timeout=60)
    return [tuple(each) for each in json.loads(answer.stdout)]


class Inside(HTMLParser):
    """The words of a page that are inside quotations and list items, and those that are not."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.depth = 0
        self.words: dict[bool, list[str]] = {True: [], False: []}
        self.feed(markup)

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.depth += tag in ("blockquote", "li")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in ("blockquote", "li")

    def handle_data(self, data: str) -> None:
        self.words[self.depth > 0] += re.findall(r"\w+", data)


ENTER: tuple[str, object] = ("enter", None)
KINDS = ["> ", "- ", "1. ", "> - ", "> > ", "nested", "tool", "quoted", "paste"]


def block(chance: random.Random, word: Callable[[str], str], *, first: bool) -> Steps:
    """A list or a quotation, written in one of many ways, and left."""
    kind = chance.choice(KINDS)
    if kind == "quoted":
        return [("quote", f"{word('in')}\n\n{word('in')}")]
    if kind == "paste":
        return [("paste", chance.choice(["> ", "- ", "3. "]) + word("in")), ENTER, ENTER]
    steps: Steps = [("type", kind + word("in"))]
    if kind == "tool":
        steps = [] if first else [ENTER, ENTER]
        steps += [("begin", chance.choice(["> ", "- "])), ("type", word("in"))]
    elif kind == "nested":
        steps = [("type", f"- {word('in')}\n  - {word('in')}")]
    for _ in range(chance.randint(0, 2)):
        steps += [ENTER, ("type", word("in"))]
    return [*steps, ENTER, ENTER]


def writing(chance: random.Random) -> Steps:
    """Somebody writes paragraphs, lists and quotations; words with `in` are meant to be inside."""
    count = itertools.count()
    steps: Steps = []

    def word(kind: str) -> str:
        return f"{kind}{next(count)}"

    for _ in range(chance.randint(2, 5)):
        steps += [*block(chance, word, first=not steps), ("type", word("out"))]
        for _ in range(chance.randint(0, 2)):
            steps += [ENTER] * chance.randint(1, 2) + [("type", word("out"))]
        steps += [ENTER] * chance.randint(1, 2)
    return steps


def test_it_works() -> None:
    chance = random.Random(18)
    sequences = [writing(chance) for _ in range(300)]
    for steps, (text, *_) in zip(sequences, typed(sequences), strict=True):
        words = Inside(html(text)).words
        wrong = [each for each in words[True] if each.startswith("out")]
        wrong += [each for each in words[False] if each.startswith("in")]
        assert not wrong, (wrong, text, steps)


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
