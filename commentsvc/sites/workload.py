"""How much people can read, and the limits that follow from it: what each rung of the ladder holds."""

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
    """What the limits of one rung do: the share of all comments that is held, the share that is published
    and flagged, and the share of the toxic ones that is held. `found` is None where nobody knows."""

    toxicity: float
    held: float
    flagged: float
    found: Band | None


@dataclass(frozen=True)
class Curve:
    """The rungs, from the one that holds least, and what they were measured on.

    `source` names published comments; "" is the site's own. `decided` counts people's decisions.
    """

    rungs: tuple[Rung, ...]
    comments: int
    decided: int
    source: str = ""
    model: str = ""


@lru_cache(maxsize=1)
def measured() -> Curve:
    """What `commentsvc toxicity workload` measured for the shipped model on comments under news."""
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
    """The rung that holds most of those that hold no more than can be read; where all hold more, the one
    that holds least. Raises `Invalid` for numbers that nobody can have."""
    for name, value in (("comments_a_day", comments), ("readable_a_day", readable)):
        if not 1 <= value <= MOST:
            raise Invalid("invalid.number_between", field=name, least=1, most=MOST)
    fitting = [each for each in rungs if each.held * comments <= readable]
    return fitting[-1] if fitting else rungs[0]


def policy_for(comments: int, readable: int) -> dict[str, Any]:
    """The limits that follow from so many comments a day, and so many that can be read."""
    return limits_at(chosen(measured().rungs, comments=comments, readable=readable).toxicity)


def set_up(
    comments: int | None, readable: int | None, *, unscored_language: str = "publish"
) -> dict[str, Any]:
    """The fields of a new site's policy that follow from what setup asks; unanswered, or with no
    comments, the defaults for news. Raises `Invalid` naming the answer."""
    policy: dict[str, Any] = {"unscored_language": unscored_language}
    if comments == 0 or (comments is None and readable is None):
        return policy
    return policy | policy_for(comments or 0, readable or 0)


def default_rung() -> Rung:
    """What a new site holds while nobody has said how much can be read."""
    return next(each for each in measured().rungs if each.toxicity == NEWS)


def rung_of(hold_at: Mapping[str, float], rungs: Sequence[Rung]) -> Rung | None:
    """The rung on which these limits stand; None where somebody has set them one by one."""
    same = (each for each in rungs if limits_at(each.toxicity)["hold_at"] == hold_at)
    return next(same, None)
