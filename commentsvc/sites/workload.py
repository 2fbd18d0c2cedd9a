"""Limits that match a team's capacity: how many comments each rung of the ladder holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..core.bands import Band, wilson
from ..core.errors import Invalid
from .ladder import NEWS, limits_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 10_000_000  # comments a day
_FILE = ("toxicity", "model", "workload.json")


@dataclass(frozen=True)
class Rung:
    """The effect of one rung's limits: the shares of all comments that are held, and that are
    published but flagged. `found` is the share of toxic comments that are held; None if unknown."""

    toxicity: float
    held: float
    flagged: float
    found: Band | None


@dataclass(frozen=True)
class Curve:
    """The rungs, from the one that holds the fewest comments, and the data they were measured on.

    `source` names a published data set; "": the site's own comments. `decided`: by people.
    """

    rungs: tuple[Rung, ...]
    comments: int
    decided: int
    source: str = ""
    model: str = ""


@lru_cache(maxsize=1)
def measured() -> Curve:
    """The results of `commentsvc toxicity workload` for the shipped model on news comments."""
    stored = json.loads(files(__package__.partition(".")[0]).joinpath(*_FILE).read_text("utf-8"))
    rungs = (
        Rung(
            each["toxicity"],
            each["held"] / stored["comments"],
            each["flagged"] / stored["comments"],
            wilson(each["found"], stored["toxic"]),
        )
        for each in stored["rungs"]
    )
    facts = {name: stored[name] for name in ("comments", "source", "model")}
    return Curve(rungs=tuple(rungs), decided=stored["toxic"], **facts)


def chosen(rungs: Sequence[Rung], *, comments: int, readable: int) -> Rung:
    """The rung that holds the most comments without exceeding `readable`; if all exceed it, the one
    that holds the fewest. Raises `Invalid` for numbers outside 1 to `MOST`."""
    for name, value in (("comments_a_day", comments), ("readable_a_day", readable)):
        if not 1 <= value <= MOST:
            raise Invalid("invalid.number_between", field=name, least=1, most=MOST)
    fitting = [each for each in rungs if each.held * comments <= readable]
    return fitting[-1] if fitting else rungs[0]


def policy_for(comments: int, readable: int) -> dict[str, Any]:
    """The limits for this many comments a day, of which `readable` can be reviewed."""
    return limits_at(chosen(measured().rungs, comments=comments, readable=readable).toxicity)


def set_up(
    comments: int | None, readable: int | None, *, unscored_language: str = "publish"
) -> dict[str, Any]:
    """The fields of a new site's policy from the answers in setup; without answers, or with no
    comments, the defaults for news. Raises `Invalid` naming the answer."""
    policy: dict[str, Any] = {"unscored_language": unscored_language}
    if comments == 0 or (comments is None and readable is None):
        return policy
    return policy | policy_for(comments or 0, readable or 0)


def default_rung() -> Rung:
    """The rung of a new site without answers in setup."""
    return next(each for each in measured().rungs if each.toxicity == NEWS)


def rung_of(hold_at: Mapping[str, float], rungs: Sequence[Rung]) -> Rung | None:
    """The rung with these limits; None if they were set individually."""
    same = (each for each in rungs if limits_at(each.toxicity)["hold_at"] == hold_at)
    return next(same, None)
