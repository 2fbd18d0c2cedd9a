"""The policy page: an index, what each setting is by default, and nothing lost when one is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from commentsvc.dashboard.site import policy_fields
from commentsvc.sites import commands as sites
from commentsvc.sites.policy import KNOBS, NAMED_REACTIONS, Policy
from commentsvc.sites.queries import policy_of
from tests.dashboard.test_pieces import typed
from tests.flat import flat

if TYPE_CHECKING:
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

POLICY = "/dashboard/sites/harbour/policy"
FIELD = re.compile(r'data-setting="(\w+)".*?(?=data-setting=|<div class="save|$)', re.DOTALL)


def said(page: str) -> dict[str, str]:
    """Setting -> its part of the page."""
    return {found[1]: found[0] for found in FIELD.finditer(page)}


def is_marked(part: str) -> bool:
    return re.search(r"data-changed\s*>", part) is not None


def is_refused(page: str) -> bool:
    """Whether it says how many reactions may be chosen; a script shows the same words."""
    return re.search(r'data-most="6"\s*> ?Choose 1 to 6 reactions\.', page) is not None


def test_it_works(cast: Cast, olga: Staff) -> None:
    changes = {
        "max_links": 7,
        "slow_seconds": 0,
        "hold_at": {"toxicity": 0.5},
        "banned_words": ("walnut",),
    }
    sites.set_policy(cast.site, changes, by=cast.olga)
    parts = said(flat(olga.page(POLICY)))
    assert {name for name, part in parts.items() if is_marked(part)} == {
        *("max_links", "limits", "banned_words", "slow_seconds")
    }
    assert "Default: 2" in parts["max_links"] and "Default: none" in parts["banned_words"]
    assert "Default: on" in parts["guests_may_post"] and "Default: 5000" in parts["max_length"]
    assert "Hold at: toxicity 0.6" in parts["limits"]


def test_every_setting_says_its_default_and_every_group_is_in_the_index(olga: Staff) -> None:
    page = flat(olga.page(POLICY))
    parts = said(page)
    knobs = {name: knob for name, knob in KNOBS.items() if knob.group != "look"}
    assert set(parts) == {
        "limits" if knob.kind == "limits" else name for name, knob in knobs.items()
    }
    assert all(re.search(r"Default: |\(default\)", part) for part in parts.values())
    for group in {knob.group for knob in knobs.values()}:
        assert f'href="#g-{group}"' in page and f'id="g-{group}"' in page


def test_what_was_typed_is_compared_and_kept(cast: Cast, olga: Staff) -> None:
    sent = {**typed(policy_of(cast.site)), "max_links": "700", "suspect_words": "one\r\ntwo"}
    answer = olga.post(POLICY, **sent)
    parts = said(flat(answer.text))
    assert answer.status_code == 422 and 'href="#f-max_links"' in answer.text
    assert is_marked(parts["max_links"]) and 'value="700"' in parts["max_links"]
    assert is_marked(parts["suspect_words"]) and not is_marked(parts["min_length"])


def test_the_index_counts_a_label_once() -> None:
    policy = Policy(hold_at={"toxicity": 0.5}, flag_at={"toxicity": 0.4}, max_links=5)
    groups, limits = policy_fields.fields(policy), policy_fields.limits(policy)
    changed = policy_fields.changed(groups, limits)
    labels = {label for label in Policy().hold_at if label != "toxicity"}
    assert changed["scores"] == len(labels) + 1 and changed["links"] == 1
    assert changed["writing"] == 0


def test_several_of_a_few_are_ticked(cast: Cast, olga: Staff) -> None:
    page = said(flat(olga.page(POLICY)))["named_reactions"]
    assert page.count(" checked") == 6 and not is_marked(page) and "Insightful" in page
    sent = typed(policy_of(cast.site))
    for each in ("like", "love", "wow", "sad", "angry"):
        del sent[f"named_reactions.{each}"]
    assert olga.post(POLICY, **{**sent, "named_reactions.insightful": "on"}).status_code == 303
    assert policy_of(cast.site).named_reactions == ("laugh", "insightful")
    assert "→ Funny, Insightful" in flat(olga.page("/dashboard/log"))
    without = {name: value for name, value in sent.items() if name != "named_reactions.laugh"}
    refused = olga.post(POLICY, **without)
    assert refused.status_code == 422 and is_refused(flat(refused.text))
    assert " checked" not in said(flat(refused.text))["named_reactions"]


def test_a_refused_save_keeps_its_time_zone_and_says_what_is_not_saved(
    cast: Cast, olga: Staff
) -> None:
    given = typed(Policy()) | {"hours_zone": "UTC", "named_reactions.like": ""}
    given |= {f"named_reactions.{each}": "on" for each in NAMED_REACTIONS}
    answer = olga.post(POLICY, **given)
    page = flat(answer.get_data(as_text=True))
    assert answer.status_code == 422 and is_refused(page)
    assert not is_refused(flat(olga.page(POLICY)))
    assert re.findall(r'<option value="([^"]*)" selected', said(page)["hours_zone"]) == ["UTC"]
    assert "You have unsaved changes.</span>" in page
    assert "as soon as you save.</span>" in flat(olga.page(POLICY))


def test_the_order_of_reactions_stays(cast: Cast, olga: Staff) -> None:
    sites.set_policy(cast.site, {"named_reactions": ("sad", "like")}, by=cast.olga)
    given = typed(policy_of(cast.site)) | {"max_links": "9"}
    assert olga.post(POLICY, **given).status_code == 303
    policy = policy_of(cast.site)
    assert (policy.max_links, policy.named_reactions) == (9, ("sad", "like"))
