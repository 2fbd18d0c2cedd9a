"""What staff did, in words: the details of a row of the log."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...core.clock import duration
from ...core.locale import has, number, say, until
from ...core.shown import isolated
from ...moderation.desk.acts import Act
from ...moderation.judging.reasons import label_name, title
from ...notifications.chat.services import NAMES
from ..page import language, security_words, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Act", "change", "changes", "details", "reason", "value_in_words"]

_LONGEST = 60  # characters of a value


def reason(act: Act) -> str | None:
    """The title of the reason that was given."""
    code = act.data.get("reason")
    return title(code, language()) if code else None


def details(act: Act) -> list[str]:
    """Who or what it was about, and what changed; an empty list if the kind says it all."""
    address = act.data.get("address")
    return [each for each in (address and _own(address), *_details(act, act.data)) if each]


def _details(act: Act, data: dict[str, Any]) -> Iterator[str]:
    if data.get("section_name"):
        yield words_of("log.section", name=_own(data["section_name"]))
    family = next((each for each in _FAMILIES if act.kind.startswith(each)), "")
    if say_it := _SAID.get(family or act.kind):
        yield from say_it(data)
    elif "changes" in data:
        yield from changes(act)
    if data.get("until"):
        yield words_of("log.to", day=until(datetime.fromisoformat(data["until"]), language()))


def _roles(data: dict[str, Any]) -> list[str]:
    return [_from_to(_role(data["was"]), _role(data["role"]))]


def _places(data: dict[str, Any]) -> list[str]:
    return [_from_to(data["before"], data["after"])]


def _from_to(before: str, after: str) -> str:
    return words_of("log.change", before=_own(before), after=_own(after))


def _own(value: str) -> str:
    return isolated(value, language())


def _key(data: dict[str, Any]) -> list[str]:
    scopes = ", ".join(_name("scope", each) for each in data.get("scopes", ()))
    return [_own(data["label"] or ""), scopes]


def _counted(data: dict[str, Any]) -> list[str]:
    return [words_of("log.comments", count=data["comments"])]


_FAMILIES = ("filter_", "canned_", "webhook_", "judge_", "channel_", "calibration_", "reason_")
#: Kind, or a prefix of kinds -> the details.
_SAID: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "role": _roles,
    "invited": _roles,
    "key_created": _key,
    "key_revoked": _key,
    "filter_": lambda data: [_own(data["name"])],
    "canned_": lambda data: [_own(data["name"])],
    "reason_": lambda data: [_own(data["name"])],
    "webhook_": lambda data: [_own(data["host"])],
    "judge_": lambda data: [_own(data["host"])],
    "channel_": lambda data: [NAMES.get(data["service"], data["service"])],
    "merged": _places,
    "moved": _places,
    "slow": lambda data: [duration(data["seconds"], language())],
    "imported": _counted,
    "import_undone": _counted,
    "rescoring_started": _counted,
    "exported": lambda data: [data["format"]],
    "calibration_": lambda data: [label_name(data["label"], language())],
    "notice_decided": lambda data: [_name("notice_outcome", data["outcome"])],
    "appeal_decided": lambda data: [words_of(f"log.appeal.{data['outcome']}")],
    "sanction_undone": lambda data: [_name("sanction", data["sanction"])],
    "signed_in": lambda data: [_device(data["browser"], data["system"])],
    "trust_earned": lambda data: [earned(data)],
    "trust_lost": lambda data: [words_of("trust.lost", **data)],
    "passkey_added": lambda data: [_own(data["label"])],
}


def earned(facts: dict[str, Any]) -> str:
    """Why the service trusted a person, in words; `facts` as a membership stores them."""
    return words_of("trust.because", approved=int(facts["approved"]), days=int(facts["days"]))


def _device(browser: str, system: str) -> str:
    if browser and system:
        return security_words("sessions.device", browser=browser, system=system)
    return browser or system or security_words("sessions.unknown")


def _role(code: str | None) -> str:
    return _name("role", code) if code else words_of("log.no_role")


def _name(family: str, code: str) -> str:
    key = f"names.{family}.{code}"
    return say(key, language()) if has(key) else code


def changes(act: Act) -> Iterator[str]:
    """What changed in a policy or a site, from what to what."""
    for name, (before, after) in act.data["changes"].items():
        yield change(
            name, before, after, of="site" if act.kind in ("site", "section") else "policy"
        )


def change(name: str, before: Any, after: Any, *, of: str = "policy") -> str:
    """One field, from what to what; for limits, only those that differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        before, after = _without(before, after), _without(after, before)
    was, became = value_in_words(name, before), value_in_words(name, after)
    field = _field(name, of)
    return words_of("log.field_change", field=field, before=_own(was), after=_own(became))


def _without(limits: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    return {label: limit for label, limit in limits.items() if others.get(label) != limit}


def _field(name: str, of: str) -> str:
    limit = f"policy.limit_{name.removesuffix('_at')}"
    keys = (f"log.field.{name}",) if of == "site" else (f"field.{name}", limit)
    return next((words_of(each) for each in keys if has(f"dashboard.{each}")), name)


#: Settings whose values take their names from another family.
_NAMED_AS = {"named_reactions": "reaction"}


def value_in_words(name: str, value: Any) -> str:
    """A value of a setting, short."""
    if isinstance(value, bool):
        return _name("switch", "on" if value else "off")
    if isinstance(value, dict):
        limits = (
            f"{label_name(each, language())} {number(limit, language())}"
            for each, limit in value.items()
        )
        return ", ".join(limits) or words_of("log.nothing")
    if isinstance(value, list | tuple):
        family = _NAMED_AS.get(name, name)
        text = ", ".join(_name(family, str(each)) for each in value)
        if len(text) > _LONGEST:
            return words_of("log.list", count=len(value))
        return text or words_of("log.nothing")
    if value is None or value == "":
        return words_of("log.nothing")
    if isinstance(value, str):
        return _name(name, value)[:_LONGEST]
    return str(value)
