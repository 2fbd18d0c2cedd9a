"""What an import took, what it left out, and why: numbers for programs, sentences for people."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MAX_EXAMPLES = 50

#: What is counted of what was taken, or would be in a dry run.
TAKEN = (
    "threads", "threads_known", "comments", "comments_known", "replies", "people",
    "published", "pending", "rejected", "withdrawn",
)  # fmt: skip
#: Why something was left out. `{word}` becomes "1 word" or "3 words".
LEFT_OUT = {
    "no_address": "Left out: {conversation} without an address in the file. Name it: --page for a "
    "single one, --map FILE for several.",
    "relative": "Left out: {conversation} whose address names no host. Say where the pages are: "
    "--base https://example.org.",
    "bad_address": "Left out: {conversation} with an address that cannot be used.",
    "foreign_page": "Left out: {conversation} on pages outside this site's addresses. Add the address "
    "to the site, or say where these pages are now: commentsvc site alias add.",
    "private": "Left out: {conversation} on pages that were not public. --private takes them too.",
    "of_these": "With these went {comment}.",
    "role": "Left out: {role} that this version does not know.",
}
#: What a reader of a format had to decide (`Problem.kind`).
DECIDED = {
    "date": "An impossible date had {comment}; it became that of what is around.",
    "parent_missing": "What they answer was missing for {reply}, now comments of their own.",
    "parent_circle": "A circle of answers was cut at {comment}.",
    "no_text": "Without text, and kept as a place only: {comment}.",
    "status": "In a state that is not known, and so waiting for a moderator: {comment}.",
    "shape": "Not to be read as what it should be: {entry}.",
    "answer_is_error": "Nothing but an error of Facebook's in {saved answer}.",
}
#: What a file holds that is no comment (`Skipped.what`).
SKIPPED = {
    "pingbacks": "Left out: {pingback}.",
    "other_kinds": "Left out: {note} of plug-ins.",
    "other_events": "Left out: {entry} about other things than comments.",
    "without_text": "Left out: {entry} without text.",
    "duplicates": "More than once in the file: {comment}.",
}


@dataclass
class Report:
    """The outcome of one import, filled while it runs.

    `taken` counts by TAKEN, `left` by a key of LEFT_OUT; `found` is what the file holds.
    """

    dry_run: bool = False
    taken: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str, str]] = field(default_factory=list)  # why, where, what
    broken: str | None = None

    def leave(self, why: str, where: str, what: str = "") -> None:
        """Count something left out, and keep the first few with their names."""
        self.left[why] += 1
        self.example(why, where, what)

    def example(self, why: str, where: str, what: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append((why, where, what))

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "dry_run": self.dry_run,
            "found": dict(self.found),
            "taken": {name: self.taken[name] for name in TAKEN},
            "left_out": dict(self.left),
            "decided": dict(self.decided),
            "examples": [
                {"why": why, "where": where, "what": what} for why, where, what in self.examples
            ],
            "broken": self.broken,
        }

    def sentences(self) -> list[str]:
        """For people: what was taken, what not, and why."""
        said = [self._taken(), *self._kept()]
        if self.broken:
            said.append(f"{self.broken} Only what stands before the break was taken.")
        said += _told(LEFT_OUT, self.left)
        said += _told(SKIPPED, self.found)
        said += _told(DECIDED, self.decided)
        return said

    def _taken(self) -> str:
        taken, would = self.taken, "would be " if self.dry_run else ""
        parts = [
            _many(taken["comments"], "comment"),
            "in " + _many(taken["threads"] + taken["threads_known"], "conversation"),
            f"({taken['threads']:,} of them new)",
            "by " + _many(taken["people"], "new person", "new people"),
        ]
        return f"{' '.join(parts)} {would}brought in."

    def _kept(self) -> list[str]:
        taken = self.taken
        said = []
        states = [
            f"{taken[each]:,} {each}"
            for each in ("published", "pending", "rejected", "withdrawn")
            if taken[each]
        ]
        if states:
            said.append(f"Their states: {', '.join(states)}.")
        if taken["comments_known"]:
            here = _many(taken["comments_known"], "comment")
            said.append(f"{here} were here already and stay as they are.")
        return said


def _told(table: dict[str, str], counted: Counter[str]) -> list[str]:
    return [
        _WORD.sub(lambda word: _many(n, word[1]), table[key])
        for key in table
        if (n := counted[key])
    ]


_WORD = re.compile(r"\{([a-z ]+)\}")


def _many(n: int, one: str, more: str | None = None) -> str:
    if more is None:
        more = f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    return f"{n:,} {one if n == 1 else more}"
