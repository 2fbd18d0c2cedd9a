"""All findings about one text as sentences for moderators, none contradicting another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .reasons import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: With one of these, no sentence may say that the text attacks nobody.
_ATTACKS = frozenset(
    (
        *("insult", "threat", "identity_attack", "sentence"),
        *("common_insult", "threats", "self_harm_urged", "dehumanizing"),
    )
)


def sentences(findings: Sequence[Mapping[str, Any]], locale: str | None = None) -> list[str]:
    """A sentence for each finding (in the form of `Verdict.as_dict`)."""
    attacked = any(each.get("reason") in _ATTACKS for each in findings)
    return [
        sentence({**each, "reason": "swearing_besides"}, locale)
        if attacked and each.get("reason") == "swearing"
        else sentence(each, locale)
        for each in findings
    ]
