"""What an owner may set: its defaults, its bounds, and that nothing else gets in."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from commentsvc.core.errors import Invalid
from commentsvc.sites.policy import Policy, from_dict, to_dict
from commentsvc.toxicity.labels import LABELS
from tests.tables import every_row

NAMES = [each.name for each in fields(Policy)]
NUMBERS = [name for name in NAMES if type(getattr(Policy(), name)) in (int, float)]
WORDS = ["banned_words", "suspect_words", "keep_params", "ignore_params"]
LIMITS = ["hold_at", "flag_at", "reject_at"]
ANYTHING = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=20)
    | some.sampled_from(["hold", "reject", "top", "limited", *LABELS]),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=9), inner),
    max_leaves=6,
)


def test_it_works() -> None:
    policy = from_dict({"max_links": 5, "banned_words": ["casino"], "hold_at": {"threat": 0.4}})
    assert (policy.max_links, policy.banned_words) == (5, ("casino",))
    assert policy.hold_at == {"threat": 0.4}
    assert policy.slow_seconds == Policy().slow_seconds


def test_what_is_as_by_default_is_not_stored() -> None:
    """So that better defaults reach every site that has not chosen otherwise."""
    assert to_dict(Policy()) == {} and from_dict({}) == Policy()
    assert from_dict(asdict(Policy())) == Policy()
    assert to_dict(from_dict({**asdict(Policy()), "max_links": 5})) == {"max_links": 5}


@settings(max_examples=600)
@given(name=some.sampled_from(NAMES), value=ANYTHING)
def test_a_field_takes_what_is_its_own_and_names_itself_otherwise(name: str, value: Any) -> None:
    try:
        policy = from_dict({name: value})
    except Invalid as refused:
        # some fields may only be wrong together
        together = {"max_length": "min_length", "client_id": "issuer", "issuer": "client_id"}
        assert refused.field in (name, together.get(name))
        return
    kept = json.loads(json.dumps(to_dict(policy), allow_nan=False))
    assert from_dict(kept) == policy
    assert set(kept) <= {name}


@every_row("name", NUMBERS)
def test_a_number_is_a_number(name: str) -> None:
    refuse: list[object] = [True, "5", None, [], float("nan"), float("inf"), -1, 10**9]
    for wrong in refuse:
        with pytest.raises(Invalid) as refused:
            from_dict({name: wrong})
        assert refused.value.field == name
    if isinstance(getattr(Policy(), name), int):
        with pytest.raises(Invalid):
            from_dict({name: 1.5})


@every_row(
    ("name", "low", "high"),
    [
        ("max_length", 1, 20_000),
        ("edit_seconds", 0, 30 * 86400),
        ("slow_seconds", 0, 3600),
        ("max_links", 0, 100),
        ("flood_count", 1, 1000),
        ("history_share", 0, 1),
        ("flags_to_hold", 0, 100),
        ("heat_minutes", 5, 240),
        ("page_size", 1, 100),
        ("depth", 1, 10),
        ("undo_seconds", 0, 600),
        ("blur_at", 0, 1),
    ],
)
def test_numbers_have_bounds(name: str, low: int, high: int) -> None:
    for fits in (low, high):
        assert getattr(from_dict({name: fits, "min_length": 1}), name) == fits
    for wrong in (low - 1, high + 1):
        with pytest.raises(Invalid):
            from_dict({name: wrong})


@pytest.mark.parametrize("name", LIMITS)
def test_limits_are_probabilities_of_labels_that_exist(name: str) -> None:
    for label in LABELS:
        assert getattr(from_dict({name: {label: 1}}), name) == {label: 1}
    wrong: list[Any] = [{"kindness": 0.5}, *({"toxicity": each} for each in (0, 1.01, True, "1"))]
    for limits in (*wrong, {"toxicity": float("nan")}, ["toxicity"], "toxicity"):
        with pytest.raises(Invalid) as refused:
            from_dict({name: limits})
        assert refused.value.field == name


@pytest.mark.parametrize("name", WORDS)
def test_lists_have_an_end(name: str) -> None:
    assert len(getattr(from_dict({name: ["w"] * 20_000}), name)) == 20_000
    for wrong in (["w"] * 20_001, ["w" * 301], [1], "word", {"a": 1}):
        with pytest.raises(Invalid) as refused:
            from_dict({name: wrong})
        assert refused.value.field == name


@pytest.mark.parametrize("wrong", [["a"], [["a"]], [["a", "b", "c"]], [["a", 1]], "ab", {"a": "b"}])
def test_aliases_are_pairs(wrong: Any) -> None:
    assert from_dict({"aliases": [["a", "b"]]}).aliases == (("a", "b"),)
    with pytest.raises(Invalid) as refused:
        from_dict({"aliases": wrong})
    assert refused.value.field == "aliases"


@every_row(
    ("name", "wrong"),
    [
        ("unscored", "reject"),
        ("links", "forbid"),
        ("default_sort", "best"),
        ("banned_words_action", ""),
        ("announcement", "x" * 2001),
        ("rules_url", "https://example.org/\x00"),
        ("likes", 1),
        ("likes", "on"),
    ],
)
def test_choices_texts_and_switches(name: str, wrong: Any) -> None:
    with pytest.raises(Invalid) as refused:
        from_dict({name: wrong})
    assert refused.value.field == name


def test_the_shortest_is_not_longer_than_the_longest() -> None:
    assert from_dict({"min_length": 10, "max_length": 10}).min_length == 10
    with pytest.raises(Invalid) as refused:
        from_dict({"min_length": 11, "max_length": 10})
    assert refused.value.field == "min_length"
    with pytest.raises(Invalid):
        Policy(max_length=10).with_changes({"min_length": 11})


def test_a_policy_cannot_be_changed_in_place() -> None:
    policy = Policy()
    changed = policy.with_changes({"likes": False})
    assert policy.likes and not changed.likes
    with pytest.raises(AttributeError):
        policy.likes = False  # type: ignore[misc]
