"""The report on an import: what was imported, what was left out, and why. Numbers for programs,
sentences for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ...core.locale import has, say
from ..records import STATUSES

MAX_EXAMPLES = 50

#: Counts of what was imported, or would be in a dry run.
TAKEN = (
    "threads", "threads_known", "threads_completed", "comments", "comments_known", "replies", "people",
    "published", "pending", "rejected", "withdrawn",
)  # fmt: skip
#: Reasons for leaving something out; phrased as `exchange.left.…`.
LEFT_OUT = (
    "no_address", "relative", "bad_address", "foreign_page", "private", "of_these", "role",
)  # fmt: skip
#: What a reader of a format had to decide (`Problem.kind`); phrased as `exchange.decided.…`.
DECIDED = (
    "date", "parent_missing", "parent_circle", "no_text", "status", "shape", "answer_is_error",
    "author_missing", "open_end", "incomplete", "identifier_shared", "identifier_apart",
)  # fmt: skip
#: Contents of a file that are not comments (`Skipped.what`); phrased as `exchange.skipped.…`.
SKIPPED = (
    "pingbacks", "other_kinds", "other_events", "posts", "without_text", "duplicates",
    "forbidden_characters", "foreign_bytes", "html_entities", "bare_marks", "around",
)  # fmt: skip


def example(why: str, where: str, what: str, locale: str | None = None) -> str:
    """One of a report's examples as a line: its kind, its place, and its details."""
    label = f"exchange.example.{why}"
    name = say(label, locale) if has(label) else why.replace("_", " ")
    return " ".join(filter(None, (f"{name}:", where[:200], what[:200] if what != where else "")))


@dataclass
class Report:
    """The outcome of one import, filled while it runs.

    `taken` counts by TAKEN, `left` by LEFT_OUT; `found` counts what the file contains.
    """

    dry_run: bool = False
    taken: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str, str]] = field(default_factory=list)  # why, where, what
    broken: str | None = None

    def leave(self, why: str, where: str, what: str = "") -> None:
        """Count something left out, and keep the first few as examples."""
        self.left[why] += 1
        self.example(why, where, what)

    def example(self, why: str, where: str, what: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append((why, where, what))

    def take_up(self, other: Report) -> None:
        """Continue from the counts of an earlier run of the same import."""
        self.taken, self.left = other.taken.copy(), other.left.copy()
        self.decided, self.examples = other.decided.copy(), list(other.examples)

    def as_dict(self) -> dict[str, Any]:
        """The report for programs."""
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

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Report:
        """The report that `as_dict` wrote."""
        return cls(
            dry_run=kept["dry_run"],
            taken=Counter(kept["taken"]),
            left=Counter(kept["left_out"]),
            found=Counter(kept["found"]),
            decided=Counter(kept["decided"]),
            examples=[(each["why"], each["where"], each["what"]) for each in kept["examples"]],
            broken=kept["broken"],
        )

    @property
    def would_add(self) -> bool:
        """Whether the import changes anything, so that it is worth starting after a dry run."""
        return any(
            self.taken[name] for name in ("comments", "threads", "people", "threads_completed")
        )

    def sentences(self, locale: str | None = None) -> list[str]:
        """The report for people: what was imported, what was not, and why."""
        taken = self.taken
        said = [
            say(
                f"exchange.taken.{'tried' if self.dry_run else 'done'}",
                locale,
                comments=taken["comments"],
                threads=taken["threads"] + taken["threads_known"],
                new=taken["threads"],
                people=taken["people"],
            )
        ]
        states = {name: taken[name] for name in STATUSES}
        if taken["comments"] != taken["published"]:
            said.append(say("exchange.taken.states", locale, **states))
        if taken["threads_completed"]:
            key = "would_complete" if self.dry_run else "completed"
            said.append(say(f"exchange.taken.{key}", locale, n=taken["threads_completed"]))
        if taken["comments_known"]:
            said.append(say("exchange.taken.known", locale, n=taken["comments_known"]))
        if self.broken:
            said.append(say("exchange.taken.part", locale, why=self.broken))
        for name, known, counted in (
            ("left", LEFT_OUT, self.left),
            ("skipped", SKIPPED, self.found),
            ("decided", DECIDED, self.decided),
        ):
            said += [
                say(f"exchange.{name}.{code}", locale, n=counted[code])
                for code in known
                if counted[code]
            ]
        return said
