"""Perspective's protocol (Comment Analyzer, v1alpha1) without HTTP: the requests.

The formats are those of Google's published schema and documentation of the API that ends on
2026-12-31 (conversationai/perspectiveapi, 2-api/). Offsets count UTF-16 code units, as its schema
says of SpanScore; `encodingType` UTF8 or UTF32 selects others.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import sentences
from . import html_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Google's attribute -> our label. Attributes that we cannot measure are missing.
_MEASURED = {
    "TOXICITY": "toxicity",
    "SEVERE_TOXICITY": "severe_toxicity",
    "IDENTITY_ATTACK": "identity_attack",
    "INSULT": "insult",
    "PROFANITY": "obscene",
    "OBSCENE": "obscene",
    "THREAT": "threat",
    "SEXUALLY_EXPLICIT": "sexual_explicit",
}
ATTRIBUTES: Mapping[str, str] = {
    **_MEASURED,
    **{f"{name}_EXPERIMENTAL": label for name, label in _MEASURED.items()},
}

MOST_BYTES = 20480  # of a comment's text, Google's last limit
MOST_ATTRIBUTES = 40
MOST_TOKEN = 1000  # characters of clientToken and the like
_ERROR_TYPE = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_TEXT_TYPES = ("PLAIN_TEXT", "HTML", "TEXT_TYPE_UNSPECIFIED")


class Refused(Exception):
    """A request that gets an error in Google's format."""

    def __init__(
        self,
        message: str,
        *,
        kind: str = "INVALID_REQUEST",
        code: int = 400,
        status: str = "INVALID_ARGUMENT",
        retry_after: int | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.code, self.status, self.retry_after = code, status, retry_after
        self.details = [{"@type": _ERROR_TYPE, "errorType": kind, **more}] if kind else []


def error(code: int, message: str, status: str, details: Sequence[Any] = ()) -> dict[str, Any]:
    """An error in the format of Google's APIs (AIP-193)."""
    body: dict[str, Any] = {"code": code, "message": message, "status": status}
    if details:
        body["details"] = list(details)
    return {"error": body}


@dataclass(frozen=True)
class Text:
    """A comment's text; `places` maps characters of `plain` to the source, None where they agree."""

    source: str
    plain: str
    places: list[int] | None


@dataclass(frozen=True)
class Analyze:
    """A request of `comments:analyze`. `attributes` is name -> threshold."""

    text: Text
    attributes: Mapping[str, float | None]
    languages: tuple[str, ...]
    spans: bool
    drop_unsupported: bool
    unit: str
    client_token: str | None


@dataclass(frozen=True)
class Suggestion:
    """A request of `comments:suggestscore`: the scores a comment should have, label -> value."""

    text: Text
    scores: Mapping[str, float]
    languages: tuple[str, ...]
    community: str | None
    client_token: str | None


# --- requests -------------------------------------------------------------------------------------


def read_analyze(body: Any) -> Analyze:
    """The validated request; unknown fields are ignored. Raises `Refused`."""
    asked = _object(body, "request")
    text = _text(asked)
    _check_context(asked)
    return Analyze(
        text=text,
        attributes=_attributes(asked),
        languages=_languages(asked),
        spans=_flag(asked, "spanAnnotations"),
        drop_unsupported=_flag(asked, "dropUnsupportedAttributes"),
        unit=_unit(asked),
        client_token=_word(asked, "clientToken"),
    )


def read_suggestion(body: Any) -> Suggestion:
    """The validated request of a suggestion. Raises `Refused`."""
    asked = _object(body, "request")
    text = _text(asked)
    _check_context(asked)
    given = _object(_field(asked, "attributeScores") or {}, "attributeScores")
    if not given:
        raise Refused("Missing attribute_scores", kind="NO_REQUESTED_ATTRIBUTES")
    scores: dict[str, float] = {}
    for name, entry in list(given.items())[:MOST_ATTRIBUTES]:
        value = _suggested(name, entry)
        if value is not None and name in ATTRIBUTES:
            scores[ATTRIBUTES[name]] = value
    return Suggestion(
        text=text,
        scores=scores,
        languages=_languages(asked),
        community=_word(asked, "communityId"),
        client_token=_word(asked, "clientToken"),
    )


def _suggested(name: str, entry: Any) -> float | None:
    """The suggested summary; the highest span if there are only spans."""
    entry = _object(entry or {}, f"attributeScores.{name}")
    summary, spans = _field(entry, "summaryScore"), _field(entry, "spanScores")
    if summary is None and not spans:
        raise Refused(f"Attribute {name} has neither a summary score nor span scores.")
    if summary is None:
        if not isinstance(spans, list):
            raise Refused(f"Invalid value for attributeScores.{name}.spanScores: not a list.")
        objects = [_object(each, "spanScores") for each in spans[:1000]]
        values = [_number(_object(each.get("score") or {}, "score"), "value") for each in objects]
        return max((each for each in values if each is not None), default=None)
    value = _number(_object(summary, f"attributeScores.{name}.summaryScore"), "value")
    value = 0.0 if value is None else value  # an unset number is zero in Google's JSON
    if not 0 <= value <= 1:
        raise Refused(f"The score of {name} is not between 0 and 1.")
    return value


def _text(asked: Mapping[str, Any]) -> Text:
    entry = _object(asked.get("comment") or {}, "comment")
    source, kind = entry.get("text"), entry.get("type") or "PLAIN_TEXT"
    if source is None:
        source = ""
    if not isinstance(source, str):
        raise Refused("Invalid value for comment.text: not a string.")
    if kind not in _TEXT_TYPES:
        raise Refused("Unknown text type")
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        raise Refused("Invalid value for comment.text: not valid Unicode.") from None
    if size > MOST_BYTES:
        raise Refused("Comment text too long.", kind="COMMENT_TOO_LONG")
    plain, places = html_text.plain(source) if kind == "HTML" else (source, None)
    if not plain.strip():
        raise Refused("Comment must be non-empty.", kind="COMMENT_EMPTY")
    return Text(source, plain, places)


def _attributes(asked: Mapping[str, Any]) -> dict[str, float | None]:
    given = _object(_field(asked, "requestedAttributes") or {}, "requestedAttributes")
    if not given:
        raise Refused("Missing requested_attributes", kind="NO_REQUESTED_ATTRIBUTES")
    if len(given) > MOST_ATTRIBUTES:
        raise Refused(f"More than {MOST_ATTRIBUTES} attributes were requested.")
    found: dict[str, float | None] = {}
    for name, entry in given.items():
        if name not in ATTRIBUTES:
            raise Refused(f"Unknown requested attribute: {name[:100]}")
        wanted = _object(entry or {}, f"requestedAttributes.{name}")
        kind = _field(wanted, "scoreType") or "PROBABILITY"
        if kind not in ("PROBABILITY", "SCORE_TYPE_UNSPECIFIED"):
            raise Refused(
                f"Requested score type {str(kind)[:40]} is not supported by attribute {name}"
            )
        found[name] = _number(wanted, "scoreThreshold")
    return found


def _languages(asked: Mapping[str, Any]) -> tuple[str, ...]:
    given = asked.get("languages")
    if given is None:
        return ()
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list) or len(given) > 20:
        raise Refused("Invalid value for languages: not a list of language codes.")
    for code in given:
        if not isinstance(code, str) or not _LANGUAGE.fullmatch(code):
            raise Refused(f"Invalid language code: {str(code)[:20]}")
    return tuple(dict.fromkeys(given))


def _unit(asked: Mapping[str, Any]) -> str:
    unit = _field(asked, "encodingType") or "UTF16"
    if unit not in sentences.UNITS:
        raise Refused("Unknown encodingType: use UTF8, UTF16 or UTF32.")
    return str(unit)


def _check_context(asked: Mapping[str, Any]) -> None:
    context = _object(asked.get("context") or {}, "context")
    if _field(context, "entries") and _field(context, "articleAndParentComment"):
        raise Refused(
            "Context can have either entries or article_and_parent_comment, "
            "but both fields were populated."
        )


_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,3})?")
_UPPER = re.compile(r"[A-Z]")


def _field(of: Mapping[str, Any], name: str) -> Any:
    """A field by its JSON name or, as Google's parsers allow, by its original one."""
    found = of.get(name)
    return found if found is not None else of.get(_UPPER.sub(lambda c: f"_{c[0].lower()}", name))


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused(f"Invalid value for {where}: not an object.")
    return value


def _flag(of: Mapping[str, Any], name: str) -> bool:
    value = _field(of, name)
    if value is None or value is False or value == "false":
        return False
    if value is True or value == "true":
        return True
    raise Refused(f"Invalid value for {name}: neither true nor false.")


def _number(of: Mapping[str, Any], name: str) -> float | None:
    value = _field(of, name)
    if value is None:
        return None
    # Google's JSON accepts numbers as strings too, but not all that Python accepts
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    number = math.nan if isinstance(value, bool | str) else value
    if not isinstance(number, int | float) or not math.isfinite(number):
        raise Refused(f"Invalid value for {name}: not a number.")
    return number


def _word(of: Mapping[str, Any], name: str) -> str | None:
    value = _field(of, name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refused(f"Invalid value for {name}: not a string.")
    return value[:MOST_TOKEN]
