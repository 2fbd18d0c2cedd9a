"""Whether scores wrongly hold comments more often when these name a group of people: for
each group, the comments held by a score and then approved by people, against comments that
name no group.

The words are those of `toxicity/identity.py`, so only comments in English are examined.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from ..core import clock
from ..core.bands import Band, Stratum, combined, wilson
from ..core.db import db
from ..threads.models import Comment, Revision
from ..toxicity import identity
from ..toxicity.labels import LABELS
from .advisor import SPARED, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..sites.models import Site

SPAN = timedelta(days=90)
MOST = 20_000  # comments, the newest
FEWEST = 30  # decisions on held comments below which a group has no figures
OTHERS = "others"

#: group -> the beginnings of its words. A term belongs to the first group that matches.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "gender": ("trans", "nonbinary", "non-binary"),
    "orientation": (
        "gay",
        "lesbian",
        "bisexual",
        "queer",
        "lgbt",
        "straight",
        "heterosex",
        "homosex",
    ),
    "disability": ("disab", "blind", "deaf", "paraly", "autis", "mentally", "wheelchair"),
    "muslims": ("muslim",),
    "jews": ("jew",),
    "christians": ("christian", "catholic", "protestant", "mormon"),
    "beliefs": ("hindu", "buddhist", "sikh", "taoist", "atheist"),
    "black": ("black", "african"),
    "white": ("white",),
    "migrants": ("immigrant", "migrant", "refugee", "asylum", "foreign"),
    "origin": (
        *("asian", "latin", "hispanic", "mexican", "american", "canadian", "european", "chinese"),
        *("japanese", "korean", "indian", "pakistani", "arab", "turk", "middle eastern", "roma"),
        *("native", "indigenous", "pole", "russian", "ukrainian"),
    ),
    "age": (
        *("old", "young", "elderly", "teen", "millen", "middle aged", "middle-aged", "pensioner"),
    ),
    "poverty": ("poor", "homeless"),
    "women": ("women", "woman", "girl", "female"),
    "men": ("men", "man", "boy", "male"),
}
#: Words that mostly mean something else on their own.
_AMBIGUOUS = frozenset(
    (
        *("black", "white", "straight", "old", "older", "young", "younger", "blind", "deaf"),
        *("foreign", "male", "female", "males", "females", "african", "native", "indigenous"),
        *("pole", "poles"),
    )
)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_LONGEST = 3  # words of a term


@dataclass(frozen=True)
class GroupRow:
    """One group: its comments, those held by a score, and those of them that people decided.
    `approved` is the share of these that was approved; `wrongly` is the share of all its comments
    that were held and would be approved; None if too little was decided. `apart`: the band of
    `wrongly` is wholly above that of the others."""

    group: str
    comments: int
    held: int
    decided: int
    approved: Band | None
    wrongly: Band | None
    apart: bool = False


def group_of(term: str) -> str | None:
    """The group that a term of `identity` names."""
    for group, starts in GROUPS.items():
        if any(f" {term}".find(f" {start}") >= 0 for start in starts):
            return group
    return None


@cache
def _terms() -> Mapping[str, str]:
    """Term -> group, for every term that names people."""
    found = {}
    for term in (*identity.PEOPLE, *identity.ONE, *identity.ADJECTIVES):
        group = group_of(term)
        if group is not None and term not in _AMBIGUOUS:
            found[term] = group
    return found


@cache
def _first_words() -> frozenset[str]:
    return frozenset(term.split()[0] for term in _terms() if " " in term)


def named_in(text: str) -> set[str]:
    """The groups that a text names."""
    terms, first = _terms(), _first_words()
    words, found = _WORD.findall(text.lower()), set()
    for at, word in enumerate(words):
        if word in terms:
            found.add(terms[word])
        if word in first:
            several = (" ".join(words[at : at + length]) for length in range(2, _LONGEST + 1))
            found |= {terms[each] for each in several if each in terms}
    return found


def fairness(sites: Sequence[Site], *, span: timedelta = SPAN) -> list[GroupRow]:
    """A row for each group that was named, the others first: two queries."""
    ids, since = [site.id for site in sites], clock.now() - span
    decided = outcomes(ids, since)
    rows = db.session.execute(
        select(Comment.revision_id, Revision.text, Revision.verdict)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.site_id.in_(ids), Comment.created_at >= since)
        .where(Comment.status != "withdrawn", Revision.scores.is_not(None))
        .where(or_(Revision.language.is_(None), Revision.language.like("en%")))
        .where(
            or_(
                Revision.facts["author"]["kind"].as_string().is_(None),
                Revision.facts["author"]["kind"].as_string().not_in(SPARED),
            )
        )
        .order_by(Comment.created_at.desc())
        .limit(MOST)
    )
    return compared(
        (named_in(text), _held_by_score(verdict), decided.get(revision_id))
        for revision_id, text, verdict in rows
    )


def compared(known: Iterable[tuple[set[str], bool, bool | None]]) -> list[GroupRow]:
    """Rows from (groups named, held by a score, rejected by people or None) of each comment."""
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for groups, held, bad in known:
        for group in groups or {OTHERS}:
            counts = tally[group]
            counts[0] += 1
            counts[1] += held
            if held and bad is not None:
                counts[2] += 1
                counts[3] += not bad
    others = _row(OTHERS, tally.pop(OTHERS, [0, 0, 0, 0]), None)
    rows = [_row(group, counts, others.wrongly) for group, counts in tally.items()]
    return [others, *sorted(rows, key=lambda each: (-each.decided, -each.comments, each.group))]


def _row(group: str, counts: Sequence[int], others: Band | None) -> GroupRow:
    comments, held, decided, approved = counts
    if decided < FEWEST:
        return GroupRow(group, comments, held, decided, None, None)
    clear = comments - held
    strata = [Stratum(held, decided, approved), Stratum(clear, clear, 0)]
    wrongly = combined(strata)
    apart = others is not None and wrongly.low > others.high
    return GroupRow(group, comments, held, decided, wilson(approved, decided), wrongly, apart)


_BY_SCORE = frozenset((*LABELS, "sentence"))


def _held_by_score(verdict: Mapping[str, Any] | None) -> bool:
    findings = (verdict or {}).get("findings", ())
    return any(
        each["action"] in ("HOLD", "REJECT") and each["rule"] in _BY_SCORE for each in findings
    )
