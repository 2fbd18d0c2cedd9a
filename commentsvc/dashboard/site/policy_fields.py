"""The policy as a form: the place of each field, how it is shown, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...core import typed
from ...core.errors import Invalid
from ...sites import commands
from ...sites.policy import KNOBS, Policy, check_shown
from ...sites.sections.commands import set_section_policy
from ...sites.sections.queries import SITE_ONLY
from ...toxicity.labels import LABELS
from ...web.problems import WrongShape
from ..page import wants_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...accounts.models import User
    from ...sites.knobs import Knob
    from ...sites.models import Site
    from ...sites.sections.queries import Section

_ARROW = "->"


@dataclass(frozen=True)
class Limit:
    """One cell of the table of limits."""

    name: str  # hold_at
    label: str
    on: bool
    value: str
    default: str  # "" if the label has no limit by default

    @property
    def differs(self) -> bool:
        """Whether it differs from the default."""
        return (self.value if self.on else "") != self.default


@dataclass(frozen=True)
class Field:
    """A knob as the form shows it, as stored or typed. A section's default is the site's value."""

    knob: Knob
    value: Any
    default: Any
    usual: Any  # the default as the policy holds it
    error: str | None = None

    @property
    def name(self) -> str:
        """The field of the policy, and the name of the input."""
        return self.knob.name

    @property
    def plain_default(self) -> str:
        """The default as the input would hold it; "on" or nothing for a box to check."""
        if self.knob.kind == "check":
            return "on" if self.default else ""
        return str(self.default)

    @property
    def differs(self) -> bool:
        """Whether the stored or typed value differs from the default."""
        return bool(self.value != self.default)

    @property
    def step(self) -> str:
        """How far one press moves a number."""
        return "1" if self.knob.whole else "0.01"


def fields(
    policy: Policy,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    look: bool = False,
    base: Policy | None = None,
) -> dict[str, list[Field]]:
    """Group -> its fields, without those of `limits`. The group `look` has a page of its own. With
    `base`, the site's policy, the fields are those of a section."""
    found: dict[str, list[Field]] = {}
    for knob in _knobs(look, section=base is not None):
        group = found.setdefault(knob.group, [])
        if knob.kind != "limits":
            usual = getattr(base, knob.name) if base is not None else knob.default
            error = (errors or {}).get(knob.name)
            group.append(_field(knob, policy, typed, error, usual=usual))
    return found


def limits(
    policy: Policy, typed: Mapping[str, str] | None = None, *, base: Policy | None = None
) -> list[tuple[str, list[Limit]]]:
    """The table of limits: a row per label, with a cell each for flag, hold and reject."""
    names = ("flag_at", "hold_at", "reject_at")
    usual = {name: getattr(base, name) if base else KNOBS[name].default for name in names}
    return [
        (label, [_limit(name, label, policy, typed, usual[name]) for name in names])
        for label in LABELS
    ]


def changed(
    groups: Mapping[str, list[Field]], table: list[tuple[str, list[Limit]]]
) -> dict[str, int]:
    """Group -> how many settings differ from their default; a label's limits count as one."""
    counts = {name: sum(each.differs for each in fields) for name, fields in groups.items()}
    counts["scores"] += sum(any(each.differs for each in cells) for _, cells in table)
    return counts


def read(
    form: Mapping[str, str], policy: Policy, *, look: bool = False, section: bool = False
) -> tuple[dict[str, Any], dict[str, Invalid]]:
    """The changes in the form of a site or section, and its errors, both by field.

    Only what differs from `policy` is a change, so that two owners who save different fields both
    get what they wanted.
    """
    changes: dict[str, Any] = {}
    errors: dict[str, Invalid] = {}
    for knob in _knobs(look, section=section):
        name = knob.name
        try:
            value = _read(knob, form, policy)
            if value != getattr(policy, name):
                changes[name] = knob.check(value)  # by itself; with the others below
                check_shown(name, value)
        except Invalid as error:
            errors[name] = error
    if not errors:
        try:
            policy.with_changes(changes)
        except Invalid as error:
            errors[error.field or ""] = error
    return changes, errors


def save(
    site: Site, changes: Mapping[str, Any], by: User | None, section: Section | None = None
) -> dict[str, Invalid]:
    """Save a form's changes; returns the error of the policy as a whole, by field, if any."""
    try:
        if section is not None:
            set_section_policy(site, section.code, changes, by=by)
        else:
            commands.set_policy(site, changes, by=by)
    except Invalid as error:
        return {error.field or "": error}
    return {}


def refuse(errors: Mapping[str, Invalid]) -> None:
    """Raise the errors of a form that a script has sent, each with its field."""
    if wants_json():
        raise WrongShape([(f"#/{name}", error) for name, error in errors.items()])


def _knobs(look: bool, *, section: bool) -> list[Knob]:
    """The knobs on the policy page, of a site or of a section, or on the look page."""
    shown = [each for each in KNOBS.values() if (each.group == "look") == look]
    return [each for each in shown if not (section and each.name in SITE_ONLY)]


# --- shown ----------------------------------------------------------------------------------------


def _field(
    knob: Knob,
    policy: Policy,
    typed: Mapping[str, str] | None,
    error: str | None,
    *,
    usual: Any,
) -> Field:
    stored, default = _shown(knob, getattr(policy, knob.name)), _shown(knob, usual)
    if typed is not None:
        text = typed.get(knob.name, "").replace("\r\n", "\n")
        if knob.kind == "several":
            text = "\n".join(_ticked(knob, typed))
        stored = knob.name in typed if knob.kind == "check" else text
    return Field(knob, stored, default, usual, error)


def _shown(knob: Knob, value: Any) -> Any:
    match knob.kind:
        case "pairs":
            return "\n".join(f"{before} {_ARROW} {after}" for before, after in value)
        case "several":
            return "\n".join(each for each in knob.options if each in value)
        case "lines":
            return "\n".join(value)
        case "number":
            return f"{value:g}"
        case _:
            return value


def _limit(
    name: str,
    label: str,
    policy: Policy,
    typed: Mapping[str, str] | None,
    usual: Mapping[str, float],
) -> Limit:
    default = f"{usual[label]:g}" if label in usual else ""
    if typed is not None:
        key = f"{name}.{label}"
        return Limit(name, label, f"{key}.on" in typed, typed.get(key, ""), default)
    stored = getattr(policy, name)
    fallback = {"flag_at": 0.6, "hold_at": 0.8, "reject_at": 0.98}[name]
    return Limit(name, label, label in stored, f"{stored.get(label, fallback):g}", default)


# --- read -----------------------------------------------------------------------------------------


def _read(knob: Knob, form: Mapping[str, str], policy: Policy) -> Any:
    if knob.kind == "limits":
        return _read_limits(knob, form)
    if knob.kind == "check":
        return knob.name in form
    raw = form.get(knob.name)
    if raw is None:  # a form of an older version of this page
        return getattr(policy, knob.name)
    match knob.kind:
        case "pairs":
            return tuple(_read_pair(knob, line) for line in _lines(raw))
        case "several":
            ticked, before = tuple(_ticked(knob, form)), getattr(policy, knob.name)
            return before if set(ticked) == set(before) else ticked  # keep the stored order
        case "lines":
            return tuple(_lines(raw))
        case "number":
            return _number(knob, raw, whole=knob.whole)
        case _:
            return raw.replace("\r\n", "\n").strip()


def _read_limits(knob: Knob, form: Mapping[str, str]) -> dict[str, float]:
    used = [label for label in LABELS if f"{knob.name}.{label}.on" in form]
    typed = {label: form.get(f"{knob.name}.{label}", "") for label in used}
    return {label: _number(knob, raw, whole=False) for label, raw in typed.items()}


def _ticked(knob: Knob, form: Mapping[str, str]) -> list[str]:
    return [each for each in knob.options if f"{knob.name}.{each}" in form]


def _number(knob: Knob, raw: str, *, whole: bool) -> Any:
    text = raw.strip().replace(",", ".")
    try:
        return typed.whole(text) if whole else typed.decimal(text)
    except ValueError:
        raise Invalid(
            "invalid.whole_number" if whole else "invalid.number", field=knob.name
        ) from None


def _lines(raw: str) -> list[str]:
    return [line.strip() for line in raw.splitlines() if line.strip()]


def _read_pair(knob: Knob, line: str) -> tuple[str, str]:
    before, arrow, after = line.replace("→", _ARROW).partition(_ARROW)
    if not arrow or not before.strip() or not after.strip():
        raise Invalid("invalid.alias", field=knob.name, line=line[:60])
    return before.strip(), after.strip()
