"""What staff did, in words: what a row of the log says besides who and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...core.locale import has, say, until
from ...moderation.desk.acts import Act
from ...moderation.judging.reasons import label_name, title
from ..page import language, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Act", "details", "reason", "value_in_words"]

_LONGEST = 60  # characters of a value


def reason(act: Act) -> str | None:
    """The title of the reason that was given."""
    code = act.data.get("reason")
    return title(code, language()) if code else None


def details(act: Act) -> list[str]:
    """Whom it was for, and what was changed, from what to what; an empty list where the kind says it all."""
    return [each for each in (act.data.get("address"), *_details(act, act.data)) if each]


def _details(act: Act, data: dict[str, Any]) -> Iterator[str]:
    if act.kind in ("role", "invited"):
        yield words_of("log.change", before=_role(data["was"]), after=_role(data["role"]))
    elif act.kind in ("policy", "site"):
        yield from (_change(act.kind, name, *pair) for name, pair in data["changes"].items())
    elif act.kind in ("key_created", "key_revoked"):
        yield data["label"] or ""
        yield ", ".join(_name("scope", each) for each in data.get("scopes", ()))
    elif act.kind.startswith("webhook_"):
        yield data["host"]
    elif act.kind in ("merged", "moved"):
        yield words_of("log.change", before=data["before"], after=data["after"])
    elif act.kind == "slow":
        yield words_of("log.seconds", count=data["seconds"])
    elif act.kind == "imported":
        yield words_of("log.comments", count=data["comments"])
    elif act.kind == "exported":
        yield data["format"]
    elif act.kind.startswith("calibration_"):
        yield label_name(data["label"], language())
    if data.get("until"):
        yield words_of("log.to", day=until(datetime.fromisoformat(data["until"]), language()))


def _role(code: str | None) -> str:
    return _name("role", code) if code else words_of("log.no_role")


def _name(family: str, code: str) -> str:
    key = f"names.{family}.{code}"
    return say(key, language()) if has(key) else code


def _change(kind: str, name: str, before: Any, after: Any) -> str:
    key = f"field.{name}" if kind == "policy" else f"log.field.{name}"
    field = words_of(key) if has(f"dashboard.{key}") else name
    was, became = value_in_words(name, before), value_in_words(name, after)
    return words_of("log.field_change", field=field, before=was, after=became)


def value_in_words(name: str, value: Any) -> str:
    """A value of a setting, short."""
    if isinstance(value, bool):
        return _name("switch", "on" if value else "off")
    if isinstance(value, dict):
        limits = (f"{label_name(each, language())} {limit}" for each, limit in value.items())
        return ", ".join(limits) or words_of("log.nothing")
    if isinstance(value, list | tuple):
        text = ", ".join(str(each) for each in value)
        if len(text) > _LONGEST:
            return words_of("log.list", count=len(value))
        return text or words_of("log.nothing")
    if value is None or value == "":
        return words_of("log.nothing")
    if isinstance(value, str):
        return _name(name, value)[:_LONGEST]
    return str(value)
