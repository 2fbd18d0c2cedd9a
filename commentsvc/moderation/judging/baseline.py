"""What rules go by where a submission says nothing else, and what one submission is judged by. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .verdict import Submission

#: What rules go by where a submission says nothing else. Stored facts leave out what equals this, so
#: it never changes: when a default of the policy does, the difference is stored.
BASELINE: Mapping[str, Any] = MappingProxyType(
    {
        "hold_at": {
            "toxicity": 0.80,
            "severe_toxicity": 0.50,
            "obscene": 0.90,
            "threat": 0.50,
            "insult": 0.80,
            "identity_attack": 0.60,
        },
        "flag_at": {"toxicity": 0.60},
        "reject_at": {},
        "unscored": "hold",
        "unscored_language": "hold",
        "swearing": "hold",
        "banned_words_action": "reject",
        "private_data": "hold",
        "common_insults": "hold",
        "self_harm": "hold",
        "self_harm_urged": "hold",
        "threats": "hold",
        "dehumanizing": "hold",
        "spam": "hold",
        "spam_at": 0.9,
        "links": "hold",
        "max_links": 2,
        "denied_hosts_action": "hold",
        "first_link": "flag",
        "hold_repeats": True,
        "flood_count": 10,
        "flood_minutes": 10,
        "premoderate_first": 0,
        "history_share": 0.3,
        "history_minimum": 3,
        "shouting_share": 0.8,
        "premoderate_all": False,
    }
)


def limit_of(submission: Submission, name: str) -> Any:
    """What the site's policy said about this when the text was judged."""
    value = submission.limits.get(name)
    return BASELINE[name] if value is None else value
