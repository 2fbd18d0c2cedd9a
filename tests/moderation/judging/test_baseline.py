"""What rules go by where a submission says nothing."""

from __future__ import annotations

import json

from commentsvc.moderation.judging.rules import BASELINE
from commentsvc.sites.policy import KNOBS


def test_the_baseline_never_changes() -> None:
    """Stored facts leave out what equals it, so another number here would rewrite the past."""
    assert json.dumps(dict(BASELINE), sort_keys=True) == (
        '{"banned_words_action": "reject", "common_insults": "hold", "dehumanizing": "hold", '
        '"denied_hosts_action": "hold", "first_link": "flag", '
        '"flag_at": {"toxicity": 0.6}, "flood_count": 10, "flood_minutes": 10, "history_minimum": 3, '
        '"history_share": 0.3, "hold_at": {"identity_attack": 0.6, "insult": 0.8, "obscene": 0.9, '
        '"severe_toxicity": 0.5, "threat": 0.5, "toxicity": 0.8}, "hold_repeats": true, "links": "hold", '
        '"max_links": 2, "premoderate_all": false, "premoderate_first": 0, "private_data": "hold", '
        '"reject_at": {}, "self_harm": "hold", "self_harm_urged": "hold", "shouting_share": 0.8, '
        '"spam": "hold", "spam_at": 0.9, '
        '"swearing": "hold", "threats": "hold", "unscored": "hold", "unscored_language": "hold"}'
    )
    assert set(BASELINE) == {name for name, knob in KNOBS.items() if knob.judged}
