"""The policy as a form: which field stands where, how it is shown, how what was typed is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...core.errors import Invalid
from ...sites.policy import BOUNDS, CHOICES, LABELS, LIMITS, Policy

#: Group -> fields, in the order of the form. A test holds that every field of Policy is in it once.
GROUPS: dict[str, tuple[str, ...]] = {
    "writing": (
        "guests_may_post",
        "guests_may_like",
        "sign_up_open",
        "min_length",
        "max_length",
        "slow_seconds",
        "edit_seconds",
        "close_after_days",
    ),
    "holding": ("premoderate_all", "premoderate_first", "visibility", "nudge"),
    "scores": (*LIMITS, "unscored"),
    "words": ("banned_words", "banned_words_action", "suspect_words"),
    "behaviour": (
        "links",
        "max_links",
        "hold_repeats",
        "flood_count",
        "flood_minutes",
        "history_share",
        "history_minimum",
        "shouting_share",
        "flags_to_hold",
    ),
    "heat": (
        "heat_minutes",
        "heat_comments",
        "heat_toxicity",
        "heat_reports",
        "heat_slow_seconds",
        "heat_slow_minutes",
    ),
    "reading": (
        "default_sort",
        "page_size",
        "inline_replies",
        "depth",
        "likes",
        "announcement",
        "rules_url",
        "locale",
        "accent",
    ),
    "addresses": ("keep_fragment", "keep_params", "ignore_params", "aliases"),
    "moderators": ("undo_seconds", "blur_at", "audit_weekly", "double_check_share", "redress"),
}
UNITS = {
    "min_length": "characters",
    "max_length": "characters",
    "slow_seconds": "seconds",
    "edit_seconds": "seconds",
    "undo_seconds": "seconds",
    "close_after_days": "days",
    "flood_minutes": "minutes",
    "heat_minutes": "minutes",
    "heat_slow_minutes": "minutes",
    "heat_slow_seconds": "seconds",
    "heat_comments": "comments",
    "heat_toxicity": "share",
    "premoderate_first": "comments",
    "flood_count": "comments",
    "history_minimum": "comments",
    "page_size": "comments",
    "audit_weekly": "comments",
    "history_share": "share",
    "shouting_share": "share",
    "double_check_share": "share",
    "blur_at": "share",
}
_ARROW = "->"


@dataclass(frozen=True)
class Limit:
    """One cell of the table of limits."""

    name: str  # hold_at
    label: str
    on: bool
    value: str


@dataclass(frozen=True)
class Field:
    """A field as the form shows it: with what is stored, or with what was typed."""

    name: str
    kind: str  # check | number | choice | lines | text
    value: Any
    default: Any
    error: str | None = None
    low: float = 0
    high: float = 0
    step: str = "1"
    options: tuple[str, ...] = ()
    unit: str | None = None


def fields(
    policy: Policy, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> dict[str, list[Field]]:
    """Group -> its fields; the limits are left to `limits`."""
    return {
        group: [
            _field(name, policy, typed, (errors or {}).get(name))
            for name in names
            if name not in LIMITS
        ]
        for group, names in GROUPS.items()
    }


def limits(policy: Policy, typed: Mapping[str, str] | None = None) -> list[tuple[str, list[Limit]]]:
    """The table of limits: a row a label, a cell for each of flag, hold, reject."""
    return [
        (
            label,
            [_limit(name, label, policy, typed) for name in ("flag_at", "hold_at", "reject_at")],
        )
        for label in LABELS
    ]


def read(form: Mapping[str, str], policy: Policy) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form changes, and what is wrong with it, both by field.

    Only what differs from `policy` is a change, so that two owners who save different fields both
    get what they wanted.
    """
    changes: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in (name for names in GROUPS.values() for name in names):
        try:
            value = _read(name, form, policy)
            if value != getattr(policy, name):
                Policy().with_changes({name: value})  # by itself; with the others below
                changes[name] = value
        except Invalid as error:
            errors[name] = error.detail
    if not errors:
        try:
            policy.with_changes(changes)
        except Invalid as error:
            errors[error.field or ""] = error.detail
    return changes, errors


# --- shown ----------------------------------------------------------------------------------------


def _field(name: str, policy: Policy, typed: Mapping[str, str] | None, error: str | None) -> Field:
    stored, default = getattr(policy, name), getattr(Policy(), name)
    if isinstance(default, bool):
        value = stored if typed is None else name in typed
        return Field(name, "check", value, default, error)
    written = typed.get(name, "") if typed is not None else None
    if isinstance(default, tuple):
        lines = [_pair(each) for each in stored] if name == "aliases" else stored
        return Field(
            name, "lines", "\n".join(lines) if written is None else written, default, error
        )
    if isinstance(default, int | float):
        low, high = BOUNDS[name]
        step = "1" if isinstance(default, int) else "0.01"
        shown = f"{stored:g}" if written is None else written
        return Field(
            name, "number", shown, f"{default:g}", error, low, high, step, unit=UNITS.get(name)
        )
    value = stored if written is None else written
    if name in CHOICES:
        return Field(name, "choice", value, default, error, options=CHOICES[name])
    return Field(name, "text", value, default, error)


def _limit(name: str, label: str, policy: Policy, typed: Mapping[str, str] | None) -> Limit:
    if typed is not None:
        key = f"{name}.{label}"
        return Limit(name, label, f"{key}.on" in typed, typed.get(key, ""))
    stored = getattr(policy, name)
    fallback = {"flag_at": 0.6, "hold_at": 0.8, "reject_at": 0.98}[name]
    return Limit(name, label, label in stored, f"{stored.get(label, fallback):g}")


def _pair(pair: tuple[str, str]) -> str:
    return f"{pair[0]} {_ARROW} {pair[1]}"


# --- read -----------------------------------------------------------------------------------------


def _read(name: str, form: Mapping[str, str], policy: Policy) -> Any:
    default = getattr(Policy(), name)
    if name in LIMITS:
        return _read_limits(name, form)
    if isinstance(default, bool):
        return name in form
    raw = form.get(name)
    if raw is None:  # a form of an older version of this page
        return getattr(policy, name)
    if name == "aliases":
        return tuple(_read_pair(line) for line in _lines(raw))
    if isinstance(default, tuple):
        return tuple(_lines(raw))
    if isinstance(default, int | float):
        return _number(raw, name, whole=isinstance(default, int))
    return raw.replace("\r\n", "\n").strip()


def _read_limits(name: str, form: Mapping[str, str]) -> dict[str, float]:
    used = [label for label in LABELS if f"{name}.{label}.on" in form]
    return {label: _number(form.get(f"{name}.{label}", ""), name, whole=False) for label in used}


def _number(raw: str, name: str, *, whole: bool) -> Any:
    text = raw.strip().replace(",", ".")
    try:
        return int(text) if whole else float(text)
    except ValueError:
        raise Invalid("Give a whole number." if whole else "Give a number.", field=name) from None


def _lines(raw: str) -> list[str]:
    return [line.strip() for line in raw.splitlines() if line.strip()]


def _read_pair(line: str) -> tuple[str, str]:
    before, arrow, after = line.replace("→", _ARROW).partition(_ARROW)
    if not arrow or not before.strip() or not after.strip():
        raise Invalid(f"Write “{line[:60]}” as: from -> to.", field="aliases")
    return before.strip(), after.strip()
