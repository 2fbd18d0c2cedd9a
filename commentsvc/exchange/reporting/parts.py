"""The rows of each part of a report, from the facts of a period."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from ...moderation.taxonomy import (
    CATEGORIES,
    NOT_SPECIFIED_NOTICE,
    NOT_SPECIFIED_ORDER,
    OTHER,
    OTHER_TERMS,
    Category,
)
from . import templates as t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ...core.bands import Band
    from ...tuning.accuracy import Accuracy
    from .facts import Complaint, Facts, Measure, Noticed

Row = tuple[str, ...]
_ENDS_ONLY = (NOT_SPECIFIED_ORDER, NOT_SPECIFIED_NOTICE)
_HOURS = "Hours."
_WHEN = "Of the notices decided in the period."
_REMOVED = "Includes comments that were rejected before anybody could read them."


@dataclass(frozen=True)
class Head:
    """The beginning of every row: the service's name and the period, both days included."""

    service: str
    period: str

    def row(self, applies: str, *cells: Any) -> Row:
        return tuple(map(str, (applies, self.service, self.period, *cells)))


# --- by category: Parts 3 to 6 --------------------------------------------------------------------


def of_categories(
    head: Head,
    table: t.Table,
    items: Sequence[Any],
    count: Callable[[Sequence[Any]], dict[str, Any]],
    *,
    ends: str | None = None,
    terms: bool = False,
    context: dict[str, str] | None = None,
) -> Iterator[Row]:
    """A row for the total, for each category, and for each keyword. A keyword “other” has a row for
    each of its details, so that the rows of a category's keywords add up to its total."""
    yield _counted(head, table, t.TOTAL, "", count(items), context)
    found: dict[str, list[Any]] = defaultdict(list)
    for each in items:
        found[each.filed.category].append(each)
    for category in CATEGORIES:
        if category.code == ends or (
            category.code not in _ENDS_ONLY and (terms or category.code != OTHER_TERMS)
        ):
            yield from _of_category(head, table, category, found[category.code], count)


def _of_category(
    head: Head,
    table: t.Table,
    category: Category,
    items: Sequence[Any],
    count: Callable[[Sequence[Any]], dict[str, Any]],
) -> Iterator[Row]:
    yield _counted(head, table, category.code, "", count(items))
    for keyword in category.keywords:
        mine = [each for each in items if each.filed.keyword == keyword]
        details = sorted({each.filed.detail for each in mine}) if keyword == OTHER else []
        for detail in details or [""]:
            some = [each for each in mine if each.filed.detail == detail] if details else mine
            yield _counted(head, table, keyword, detail, count(some))


def _counted(
    head: Head,
    table: t.Table,
    code: str,
    detail: str,
    counted: dict[str, Any],
    context: dict[str, str] | None = None,
) -> Row:
    scope = (t.TOTAL,) if table.scope else ()
    values = [counted.get(name, "") for name in table.counts]
    said = [(context or {}).get(name, "") for name in table.counts]
    return head.row(table.applies, code, detail, *scope, *values, *said)


def orders(head: Head) -> Iterator[Row]:
    """Part 3, empty: the provider fills in the orders that authorities gave."""
    yield t.ORDERS.columns
    yield from of_categories(head, t.ORDERS, (), lambda _: {}, ends=NOT_SPECIFIED_ORDER)


def notices(head: Head, facts: Facts) -> Iterator[Row]:
    """Part 4. Each notice is about one comment, so there are as many items as notices."""

    def count(some: Sequence[Noticed]) -> dict[str, Any]:
        names, values = t.NOTICES.counts, []
        came = [each for each in some if facts.within(each.at)]
        ended = [each for each in some if facts.within(each.decided_at)]
        acted = [each for each in ended if each.outcome == "illegal"]
        for all_of, trusted in (
            (len(came), _trusted(came)),
            (len(came), _trusted(came)),
            (_median(ended), _median([each for each in ended if each.trusted])),
            (len(acted), _trusted(acted)),
            (0, 0),
        ):
            values += [all_of, trusted]
        return dict(zip(names, values, strict=True))

    counts = t.NOTICES.counts
    context = {counts[4]: f"{_HOURS} {_WHEN}", counts[5]: f"{_HOURS} {_WHEN}", counts[6]: _WHEN}
    yield t.NOTICES.columns
    yield from of_categories(
        head, t.NOTICES, facts.notices, count, ends=NOT_SPECIFIED_NOTICE, context=context
    )


def own_initiative(head: Head, facts: Facts, *, law: bool) -> Iterator[Row]:
    """Part 5 (against the law) or Part 6 (against the site's terms)."""
    table = t.OWN_ILLEGAL if law else t.OWN_TERMS
    mine = [each for each in facts.measures if each.source == "own" and each.law == law]
    columns = {name: kind for kind, name in t.COLUMN_OF.items()}

    def count(some: Sequence[Measure]) -> dict[str, Any]:
        kinds: Counter[str] = Counter(each.kind for each in some)
        all_of, detected = table.counts[:2]
        values = {name: kinds[columns[name]] if name in columns else 0 for name in table.counts}
        return values | {all_of: len(some), detected: sum(each.detected for each in some)}

    context = {
        t.COLUMN_OF["removal"]: _REMOVED,
        t.COLUMN_OF["disable"]: "Taken down until a person had decided.",
        t.COLUMN_OF[
            "other"
        ]: "A person's comments are published only after a moderator has reviewed them.",
        t.COLUMN_OF["provision"]: "Nobody can comment, like or report from a network for a while.",
    }
    yield table.columns
    yield from of_categories(head, table, mine, count, terms=not law, context=context)


def _trusted(some: Iterable[Noticed]) -> int:
    return sum(each.trusted for each in some)


def _median(some: Iterable[Noticed | Complaint]) -> Any:
    """The median time in hours, with one decimal; empty if nothing was decided."""
    took = [(each.decided_at - each.at).total_seconds() / 3600 for each in some if each.decided_at]
    return f"{median(took):.1f}" if took else ""


# --- Part 7 ---------------------------------------------------------------------------------------


def complaints(head: Head, facts: Facts) -> Iterator[Row]:
    """Part 7. The provider fills in the decisions of out-of-court bodies."""
    every = facts.complaints
    of = {name: [each for each in every if each.about == name] for name in ("comment", "sanction")}
    notified = [each for each in every if each.about == "notice"]
    yield t.INDICATORS
    yield from _ended(head, facts, t.SUBMITTED, every, first=t.ALL, omitted=True)
    newly = sum(bool(each.reversed) and facts.within(each.decided_at) for each in notified)
    yield _said(head, t.COMPLAINTS, t.NEWLY, t.ENDS[0], newly)
    for indicator, some in (
        (t.VISIBILITY, of["comment"]),
        (t.PROVISION, []),
        (t.ACCOUNT, of["sanction"]),
        (t.MONEY, []),
        (t.NO_ACTION, [each for each in notified if not each.trusted]),
        (t.NO_ACTION_TRUSTED, [each for each in notified if each.trusted]),
    ):
        yield from _ended(head, facts, indicator, some)
    for scope in (*t.ENDS, t.OMITTED, t.IMPLEMENTED):
        yield _said(head, t.DISPUTES, t.DISPUTED, scope, "")
    bans = [each for each in facts.measures if each.kind in ("suspension", "termination")]
    values = (sum(each.law for each in bans), 0, 0)
    for indicator, value in zip(t.MANIFEST, values, strict=True):
        yield _said(head, t.SUSPENSIONS, indicator, t.ENDS[0], value)


def _ended(
    head: Head,
    facts: Facts,
    indicator: str,
    some: Sequence[Complaint],
    *,
    first: str = t.PLATFORMS,
    omitted: bool = False,
) -> Iterator[Row]:
    came = [each for each in some if facts.within(each.at)]
    ended = [each for each in some if facts.within(each.decided_at)]
    overturned = sum(bool(each.reversed) for each in ended)
    values = (len(came), len(ended) - overturned, 0, overturned, _median(ended))
    for scope, value in zip(t.ENDS, values, strict=True):
        applies = first if scope == t.ENDS[0] else t.PLATFORMS
        said = _HOURS if scope == t.ENDS[-1] else ""
        yield _said(head, t.COMPLAINTS, indicator, scope, value, said, applies=applies)
    if omitted:
        waiting = sum(each.decided_at is None for each in came)
        said = "Not decided by the end of the period."
        yield _said(head, t.COMPLAINTS, indicator, t.OMITTED, waiting, said)


def _said(
    head: Head,
    section: str,
    indicator: str,
    scope: str,
    value: Any,
    context: str = "",
    *,
    applies: str = t.PLATFORMS,
) -> Row:
    return head.row(applies, section, indicator, scope, value, context)


# --- Part 8 ---------------------------------------------------------------------------------------


def automated(head: Head, facts: Facts, found: Accuracy) -> Iterator[Row]:
    """Part 8. People decide all notices, and what rules do is always the site's own initiative."""
    own = [each for each in facts.measures if each.source == "own"]
    yield t.INDICATORS
    for scope, some in ((t.ENDS[0], facts.measures), (t.OWN_INITIATIVE, own)):
        solely = sum(each.automated for each in some)
        yield _said(head, t.MEANS, t.SOLELY, scope, solely, applies=t.ALL)
        yield _said(head, t.MEANS, t.NOT_BY, scope, len(some) - solely, applies=t.ALL)
        for indicator, band in (
            (t.ACCURACY, found.accuracy),
            (t.PRECISION, found.precision),
            (t.RECALL, found.recall),
        ):
            value, said = _shown(band), _how(found, band)
            yield _said(head, t.MEANS, indicator, scope, value, said, applies=t.ALL)
    came = [each for each in facts.notices if facts.within(each.at)]
    for scope, count, applies in (
        (t.NAM, len(came), t.HOSTING),
        (t.NAM_TRUSTED, _trusted(came), t.PLATFORMS),
    ):
        yield _said(head, t.MEANS, t.NOTICES_SOLELY, scope, 0, applies=applies)
        yield _said(head, t.MEANS, t.NOTICES_NOT_BY, scope, count, applies=applies)
        for indicator in (t.ACCURACY, t.PRECISION, t.RECALL):
            said = "No automated means are used on notices."
            yield _said(head, t.MEANS, indicator, scope, "", said, applies=applies)


def _shown(band: Band | None) -> str:
    return "" if band is None else _percent(band.share)


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"


def _how(found: Accuracy, band: Band | None) -> str:
    """The band, and its underlying counts, so that anybody can recompute it."""
    counts = "; ".join(
        f"{name}: {each.size} (decided by people: {each.decided}; of these, rejected: {each.bad})"
        for name, each in (
            ("Comments held or rejected by rules", found.held),
            ("reported or flagged", found.called),
            ("others, sampled at random", found.rest),
        )
    )
    if band is None:
        return f"Too few decisions. {counts}."
    return f"95% confidence: {_percent(band.low)} to {_percent(band.high)}. {counts}."


def automated_in_words(found: Accuracy) -> str:
    """How accurate the automated means were, in sentences."""
    means = (
        "Decisions by people are taken as correct. Accuracy is the share of all comments on which"
        " rules and people agree, precision the share of held or rejected comments that people reject, and"
        " recall the share of all comments people would reject that rules had held or rejected. Comments"
        " that nobody reported are judged by a random sample."
    )
    named = (
        ("Accuracy", found.accuracy),
        ("Precision", found.precision),
        ("Recall", found.recall),
    )
    values = [
        f"{name} {_percent(band.share)} ({_percent(band.low)} to {_percent(band.high)})"
        for name, band in named
        if band is not None
    ]
    if not values:
        return f"{means} Too few comments were decided in this period."
    return f"{means} With 95% confidence: {', '.join(values)}."
