"""The values for a sentence about a finding, formatted for a language: numbers, words, hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...core.locale import all_of, number, say
from ...core.shown import isolated
from ...toxicity.labels import LABELS


def label_name(label: str, locale: str | None = None) -> str:
    """A label's name in a language."""
    return say(f"reasons.label.{label}", locale) if label in LABELS else label


_Values = Callable[[Mapping[str, Any], str | None], dict[str, Any]]


def as_found(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    """The evidence as it is, with numbers formatted."""
    return {
        name: number(value, locale) if isinstance(value, float) else value
        for name, value in evidence.items()
    }


def _why(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    why = str(evidence.get("why"))
    known = ("language", "no_text", "model_missing", "model_broken", "slow", "failed")
    return {"why": say(f"reasons.unscored.{why if why in known else 'unknown'}", locale)}


def _label(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    score = number(evidence.get("score", 0), locale, digits=2)
    return {"label": label_name(str(evidence.get("label")), locale), "score": score}


def _word_list(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    found: dict[str, str] = {}  # each once, ignoring case, without wildcards
    for word in evidence.get("words", ()):
        found.setdefault(word.casefold().strip("*"), word.strip("*"))
    words = [say("reasons.listed", locale, word=isolated(each, locale)) for each in found.values()]
    return {"count": len(found), "words": ", ".join(words)}


def _link_list(evidence: Mapping[str, Any], _locale: str | None) -> dict[str, Any]:
    hosts = ", ".join(evidence.get("hosts", ()))
    return {"count": evidence.get("count", 0), "limit": evidence.get("limit", 0), "hosts": hosts}


def _hosts(evidence: Mapping[str, Any], _locale: str | None) -> dict[str, Any]:
    return {"hosts": ", ".join(evidence.get("hosts", ()))}


def _signs(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    numbers = {name: number(evidence.get(name, 0), locale, digits=2) for name in ("score", "limit")}
    return numbers | _word_list(evidence, locale)


def _kinds(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    """The names of the kinds of private data found."""
    names = [say(f"reasons.private.{each}", locale) for each in evidence["kinds"]]
    return {"kinds": all_of(names, locale)}


def _lines(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    return {"lines": "; ".join(isolated(line, locale) for line in evidence.get("lines", ()))}


def _outside(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    """Which program objects, what it wants done, and why, in its own words."""
    said = [say(f"reasons.outside.{evidence.get('said')}", locale)]
    said += [say(f"reasons.outside.{each}", locale) for each in evidence.get("flags", ())]
    for each in evidence.get("reasons", ()):
        said.append(say("reasons.listed", locale, word=isolated(each, locale)))
    return {"host": isolated(str(evidence.get("host")), locale), "said": "; ".join(said)}


def _percent(*names: str) -> _Values:
    def values(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
        shares = {"share": evidence.get("share", 0), "limit": evidence.get("limit", 0)}
        percents = {name: number(100 * value, locale, digits=0) for name, value in shares.items()}
        return percents | {name: evidence.get(name, 0) for name in names}

    return values


def _weights(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    return {name: number(evidence.get(name, 0), locale) for name in ("weight", "limit")}


#: Reasons whose sentence needs more than the evidence's numbers.
VALUES: Mapping[str, _Values] = {
    "unscored": _why,
    "swearing": _label,
    "quoted": _label,
    "banned_word": _word_list,
    "suspect_word": _word_list,
    "common_insult": _word_list,
    "rude_name": _word_list,
    "spam_like": _signs,
    "spam_here": _signs,
    "links": _link_list,
    "denied_host": _hosts,
    "disguised_link": _hosts,
    "first_link": _hosts,
    "private_data": _kinds,
    "self_harm": _lines,
    "care": _lines,
    "history": _percent("rejected", "total"),
    "shouting": _percent(),
    "reported": _weights,
    "outside_judge": _outside,
}
#: Reasons for which the author is shown what was found.
FOUND = {"private_data": "kinds", "self_harm": "lines", "care": "lines"}
