"""Filters of the queue: the address holds them, chips show them, one press clears each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import request

from ...core import typed
from ...core.errors import Invalid
from ...core.locale import day, language_in, number
from ...moderation.desk import queue
from ...moderation.desk.bounded import TookTooLong
from ...moderation.desk.unread import written_in
from ...moderation.judging.reasons import REASONS, is_known, label_name, title
from ...toxicity.labels import LABELS
from ..cases.reasons import options_of
from ..page import language, link, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...sites.models import Site

#: Parameters of an address, in the order of the chips.
NAMES = (
    "q",
    "author",
    "thread",
    "address",
    "tag",
    "reason",
    "label",
    "at_least",
    "at_most",
    "language",
    "since",
    "until",
    "like",
    "network",
)
_BESIDE = ("like", "author", "network")


@dataclass(frozen=True)
class Chip:
    """One part of a filter in words, with the address of the page without it."""

    title: str
    value: str
    without: str


def given() -> dict[str, str]:
    """The filter parameters in the address, as typed."""
    return {name: request.args[name].strip()[:200] for name in NAMES if request.args.get(name)}


def chosen(given: Mapping[str, str]) -> queue.Filters:
    """The filter that they mean. Raises `Invalid`."""
    return queue.Filters(
        reason=given.get("reason"),
        label=given.get("label"),
        at_least=_share(given.get("at_least"), "at_least"),
        at_most=_share(given.get("at_most"), "at_most"),
        author=given.get("author"),
        thread=given.get("thread"),
        address=given.get("address"),
        tag=given.get("tag"),
        language=given.get("language"),
        since=_day(given.get("since"), "since"),
        until=_day(given.get("until"), "until", days=1),
        words=given.get("q"),
        like=given.get("like"),
        network=given.get("network"),
    )


def beside(form: Mapping[str, str]) -> dict[str, str]:
    """The filter in a card's form for similar waiting comments: “like:…”, “author:…”, “network:…”.
    Raises `Invalid` for an unknown one, since no filter would mean the whole queue."""
    if "beside" not in form:
        return {}
    name, _, value = form["beside"].partition(":")
    if name not in _BESIDE or not value:
        raise Invalid("invalid.nothing_selected", field="beside")
    return {name: value[:200]}


def chips(given: Mapping[str, str], sites: Sequence[Site]) -> list[Chip]:
    """The filter in words. The site is no part of it: the menu shows it, and chooses another."""
    names = queue.names_of(given, sites)
    found = []
    for name, value in given.items():
        gone: dict[str, Any] = dict.fromkeys((name, "after"))
        words = names.get(name) or _in_words(name, value)
        found.append(Chip(words_of(f"filter.{name}"), words, link(**gone)))
    return found


def without() -> str:
    """The address of the page without any filter."""
    gone: dict[str, Any] = dict.fromkeys((*NAMES, "after"))
    return link(**gone)


def matches(
    sites: Sequence[Site],
    name: str,
    filters: queue.Filters | queue.LookedUp,
    counts: Mapping[str, int],
    *,
    shown: int = 0,
    ended: bool = False,
) -> str | None:
    """How many match, out of how many: “12 of 340”; at least those `shown`, as counting looks at a
    part of the comments only, and no more if the search has `ended`. None if counting takes too
    long."""
    try:
        known = (shown, False) if ended else None  # all that match are on the page
        count, more = known or queue.matching(sites, name, filters, size=counts.get(name))
        most = queue.MOST_COUNTED
        whole = (counts[name], counts[name] >= most) if name in counts else None
        whole = whole or queue.matching(sites, name, queue.Filters())
    except TookTooLong:
        return None
    count = max(count, shown)
    whole = max(whole[0], count), whole[1]
    more = more and (whole[1] or count < whole[0])
    return words_of("queue.matches", count=_so_many(count, more), all=_so_many(*whole))


def _so_many(count: int, more: bool) -> str:
    return f"{number(count, language())}{'+' if more else ''}"


def _in_words(name: str, value: str) -> str:
    """A value as people read it; an unknown one stays as typed."""
    locale = language()
    if name == "reason" and is_known(value):
        return title(value, locale)
    if name == "language":
        return language_in(value, locale)
    if name == "label" and value in LABELS:
        return label_name(value, locale)
    if name in ("since", "until"):
        try:
            at = _day(value, name)
        except Invalid:
            at = None
        return day(at, locale) if at else value
    return value


def _share(raw: str | None, name: str) -> float | None:
    if not raw:
        return None
    try:
        value = typed.decimal(raw.strip().replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise Invalid("invalid.share", field=name)
    return value


def _day(raw: str | None, name: str, *, days: int = 0) -> datetime | None:
    if not raw:
        return None
    try:
        return typed.day(raw) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise Invalid("invalid.date", field=name) from None


def _languages(sites: Sequence[Site], given: str | None) -> list[tuple[str, str]]:
    """The languages to choose from: those of the comments, and the one already chosen."""
    locale = language()
    codes = {*written_in(sites), *([given] if given else [])}
    named = ((code, language_in(code, locale)) for code in codes)
    return sorted(named, key=lambda each: each[1].casefold())


def fields(given: Mapping[str, str], sites: Sequence[Site]) -> list[dict[str, Any]]:
    """The fields of the filter form: filters that no link on a card sets."""
    locale = language()
    codes = [code for code in REASONS if code != "disagree"]
    reasons = [(code, title(code, locale)) for code in codes] + options_of(sites, locale)
    labels = [(label, label_name(label, locale)) for label in LABELS]
    score = {"min": "0", "max": "1", "step": "0.01", "inputmode": "decimal"}
    listed: list[tuple[str, str, list[tuple[str, str]] | None, dict[str, str]]] = [
        ("reason", "text", reasons, {}),
        ("label", "text", labels, {}),
        ("at_least", "number", None, score),
        ("at_most", "number", None, score),
        ("address", "text", None, {"maxlength": "200"}),
        ("tag", "text", None, {"maxlength": "50"}),
        ("language", "text", _languages(sites, given.get("language")), {}),
        ("since", "date", None, {}),
        ("until", "date", None, {}),
    ]
    return [
        {
            "name": name,
            "kind": kind,
            "options": options,
            "extra": extra,
            "title": words_of(f"filter.{name}"),
            "value": given.get(name, ""),
        }
        for name, kind, options, extra in listed
    ]
