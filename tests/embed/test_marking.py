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
    from collections.abc import Callable

PARTS = Path(__file__).resolve().parents[2] / "static" / "embed" / "parts"
#: Types into a text, as parts/typing.js does: keys, tools and pastes become changes.
TYPE = """
import {readFileSync} from "node:fs";
const {goOn} = await import(process.argv[1] + "/lines.js");
const {toAddress} = await import(process.argv[1] + "/links.js");
const {pasted, pasting} = await import(process.argv[1] + "/placing.js");
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
    arrive: ([text, plain]) => {
      const made = pasted(value, start, end, text, plain);
      if (made) make(made); else put(plain);
    },
    tab: () => { const made = toAddress(value, start); if (made) make(made); },
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
