"""Coral's external moderation phases: requests and responses in Coral's terms.

The shapes are those of Coral's guide (External Moderation Request and Response). A program written
as a phase for Coral can be a site's own judge, and we can be a phase for Coral. `reasons`, a list
of sentences, is our addition: Coral ignores unknown fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from ...core.errors import Invalid
from ...core.shown import one_line
from ...moderation.judging.reasons import sentence
from ...moderation.judging.spam.promoting import SPAM_RULES
from ...moderation.judging.verdict import Action
from ...toxicity.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...moderation.judging.verdict import Verdict

STAFF = ("STAFF", "MODERATOR", "ADMIN")
_ROLES = {"moderator": "MODERATOR", "owner": "ADMIN", "admin": "ADMIN"}
_TOXIC, _SPAM = "COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM"
_FLAGS = {_TOXIC: "toxic", _SPAM: "spam"}
_WANTED = {
    "NONE": "none",
    "APPROVED": "none",  # the other rules still apply
    "REJECTED": "reject",
    "PREMOD": "hold",
    "SYSTEM_WITHHELD": "hold",
}
_STATUS = {Action.HOLD: "SYSTEM_WITHHELD", Action.REJECT: "REJECTED"}
_TOXIC_RULES = frozenset(
    (
        *(*LABELS, "swearing", "sentence", "banned_words", "suspect_words", "common_insult"),
        *("self_harm_urged", "threats", "dehumanizing"),
    )
)
_MOST_REASONS, _LONGEST_REASON = 5, 200


@dataclass(frozen=True)
class Asked:
    """A text that Coral asks about, as Coral sends it: HTML or plain. `role` is its author's role
    there, `page` the address of its story."""

    body: str
    role: str
    page: str = ""


@dataclass(frozen=True)
class Answer:
    """What a judge wants done: `none`, `flag`, `hold` or `reject`, and why."""

    said: str
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class NotAnAnswer(ValueError):
    """A judge's response does not have the right shape; Coral would skip such a phase."""


# --- Coral asks us --------------------------------------------------------------------------------


def read_request(sent: bytes) -> Asked:
    """The parsed request. Raises `Invalid` if it has another shape."""
    try:
        found = orjson.loads(sent)
        body = found["comment"]["body"]
        role = (found.get("author") or {}).get("role")
        page = (found.get("story") or {}).get("url")
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise Invalid("invalid.coral_request") from error
    if not isinstance(body, str | None):
        raise Invalid("invalid.coral_request")
    return Asked(
        body or "",
        role if isinstance(role, str) else "COMMENTER",
        page if isinstance(page, str) else "",
    )


def answer_of(verdict: Verdict, locale: str | None) -> dict[str, Any]:
    """Our verdict as Coral reads it; empty if there is nothing against the text. A status would end
    Coral's judging, so a text that we would publish gets none, and Coral's own stays `NONE`."""
    found = [each for each in verdict.findings if each.action > Action.PASS]
    flags = [
        flag
        for flag, rules in ((_TOXIC, _TOXIC_RULES), (_SPAM, SPAM_RULES))
        if any(each.rule in rules for each in found)
    ]
    answer: dict[str, Any] = {}
    if verdict.action in _STATUS:
        answer["status"] = _STATUS[verdict.action]
    if flags:
        answer["actions"] = [{"actionType": "FLAG", "reason": each} for each in flags]
    if found:
        answer["reasons"] = [sentence(each, locale) for each in found[:_MOST_REASONS]]
    return answer


# --- we ask a site's own judge --------------------------------------------------------------------


def request_of(
    *,
    edit: bool,
    text: str,
    parent: str | None,
    author: str,
    role: str,
    href: str,
    site: str,
    service: str,
) -> bytes:
    """Our request. A conversation has no ID before its first comment, so its address serves as ID.
    `role` is the author's role on the site; `service` is our own host."""
    asked: Mapping[str, Any] = {
        "action": "EDIT" if edit else "NEW",
        "comment": {"body": text, "parentID": parent},
        "author": {"id": author, "role": _ROLES.get(role, "COMMENTER")},
        "story": {"id": href, "url": href},
        "site": {"id": site},
        "tenantID": site,
        "tenantDomain": service,
    }
    return orjson.dumps(asked, option=orjson.OPT_INDENT_2)


def read_answer(status: int, body: bytes) -> Answer:
    """The judge's answer. Raises `NotAnAnswer`."""
    if not 200 <= status < 300:
        raise NotAnAnswer(f"status {status}")
    if status == 204 or not body.strip():
        return Answer("none")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAnAnswer("no JSON") from error
    if not isinstance(found, dict):
        raise NotAnAnswer("no object")
    flags = _flags(found.get("actions") or [])
    wanted = found.get("status")
    said = _WANTED.get(str(wanted)) if wanted is not None else "none"
    if said is None:
        raise NotAnAnswer("another status")
    if said == "none" and flags:
        said = "flag"
    return Answer(said, flags, _reasons(found.get("reasons")))


def _flags(actions: Any) -> tuple[str, ...]:
    if not isinstance(actions, list):
        raise NotAnAnswer("other actions")
    found = []
    for each in actions:
        if not isinstance(each, dict) or each.get("actionType") != "FLAG":
            raise NotAnAnswer("another action")
        reason = each.get("reason")
        if not isinstance(reason, str) or reason not in _FLAGS:
            raise NotAnAnswer("another reason")
        found.append(_FLAGS[reason])
    return tuple(dict.fromkeys(found))


def _reasons(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        return ()
    lines = (one_line(each[:1000])[:_LONGEST_REASON] for each in given if isinstance(each, str))
    return tuple(each for each in lines if each)[:_MOST_REASONS]
