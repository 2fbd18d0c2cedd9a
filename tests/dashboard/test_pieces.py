"""The pure parts: marked pieces, differences of texts, the policy's form, times, addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.core.locale import has
from commentsvc.dashboard.desk.diff import changes
from commentsvc.dashboard.desk.marks import LONG, Piece, folded, pieces, seen
from commentsvc.dashboard.page import local_address
from commentsvc.dashboard.site import policy_fields
from commentsvc.moderation.judging.weighing import Mark
from commentsvc.sites.policy import KNOBS, Policy
from tests.tables import every_row

if TYPE_CHECKING:
    from flask import Flask

TEXTS = st.text(max_size=60)
MARKS = st.lists(
    st.builds(
        Mark,
        start=st.integers(-5, 80),
        end=st.integers(-5, 80),
        label=st.sampled_from(["insult", "threat", "word"]),
        share=st.floats(-1, 1),
    ),
    max_size=6,
)


def test_it_works() -> None:
    assert pieces("You idiot!", [Mark(4, 9, "insult", 0.8)]) == [
        Piece("You "),
        Piece("idiot", "insult", 3),
        Piece("!"),
    ]


def test_markup_is_not_shown_and_marks_stay_where_they_were() -> None:
    source = "*You* **idiot**, see [this](https://idiot.example/)"
    start = source.index("idiot")
    mark = Mark(start, start + 5, "insult", 0.8)
    assert pieces(*seen(source, [mark, Mark(0, 1, "insult", 0.8)])) == [
        Piece("You "),
        Piece("idiot", "insult", 3),
        Piece(", see this (https://idiot.example/)"),
    ]


@pytest.mark.parametrize(("share", "strength"), [(0.05, 1), (0.2, 2), (0.5, 3)])
def test_strength(share: float, strength: int) -> None:
    assert pieces("ab", [Mark(0, 2, "insult", share)]) == [Piece("ab", "insult", strength)]


def test_a_listed_word_goes_before_a_score() -> None:
    marks = [Mark(0, 4, "insult", 0.9), Mark(2, 6, "word", 1.0)]
    assert [(each.text, each.label) for each in pieces("abcdef", marks)] == [
        ("ab", "insult"),
        ("cd", "word"),
        ("ef", "word"),
    ]


@given(TEXTS, MARKS)
def test_no_character_is_lost(text: str, marks: list[Mark]) -> None:
    assert "".join(each.text for each in pieces(text, marks)) == text


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("a b", "a b", [("same", "a b")]),
        ("a b", "a c", [("same", "a "), ("removed", "b"), ("added", "c")]),
        ("", "a", [("added", "a")]),
    ],
)
def test_changes(before: str, after: str, found: list[tuple[str, str]]) -> None:
    assert [(each.kind, each.text) for each in changes(before, after)] == found


@given(TEXTS, TEXTS)
def test_changes_hold_both_texts(before: str, after: str) -> None:
    found = changes(before, after)
    assert "".join(each.text for each in found if each.kind != "removed") == after
    assert "".join(each.text for each in found if each.kind != "added") == before


def test_long_texts_are_not_compared() -> None:
    words = " ".join(map(str, range(2000)))
    assert [each.kind for each in changes(words, words + " x")] == ["removed", "added"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/dashboard/?queue=all&x=1", True),
        ("/", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("/a\r\nSet-Cookie: x", False),
        ("javascript:alert(1)", False),
        ("", False),
        (None, False),
    ],
)
def test_addresses_stay_here(app: Flask, address: str | None, kept: bool) -> None:
    with app.test_request_context("/"):
        assert local_address(address, "/home") == (address if kept else "/home")


# --- the policy's form ----------------------------------------------------------------------------


def typed(policy: Policy) -> dict[str, str]:
    """What a browser sends of the form as it was shown."""
    sent: dict[str, str] = {}
    for group in policy_fields.fields(policy).values():
        for each in group:
            if each.knob.kind != "check":
                sent[each.name] = str(each.value)
            elif each.value:
                sent[each.name] = "on"
            if each.knob.kind == "several":
                sent |= {f"{each.name}.{one}": "on" for one in each.value.split()}
    for _, cells in policy_fields.limits(policy):
        for cell in cells:
            sent[f"{cell.name}.{cell.label}"] = cell.value
            if cell.on:
                sent[f"{cell.name}.{cell.label}.on"] = "on"
    return sent


def test_every_field_of_the_policy_stands_in_the_form_once_and_has_words() -> None:
    for knob in KNOBS.values():
        assert has(f"dashboard.group.{knob.group}") and has(f"dashboard.group.{knob.group}_hint")
        assert knob.kind == "limits" or has(f"dashboard.field.{knob.name}"), knob.name
        assert not knob.unit or has(f"dashboard.policy.unit.{knob.unit}"), knob.name
        for choice in knob.options:
            keys = (f"dashboard.field.{knob.name}.{choice}", f"names.reaction.{choice}")
            assert any(map(has, keys)), (knob.name, choice)
    pages = [policy_fields.fields(Policy(), look=look) for look in (False, True)]
    shown = [each.name for groups in pages for group in groups.values() for each in group]
    limits = [name for name, knob in KNOBS.items() if knob.kind == "limits"]
    assert sorted(shown + limits) == sorted(KNOBS)


OWN = Policy(
    guests_may_post=False,
    hold_at={"toxicity": 0.7},
    flag_at={},
    reject_at={"threat": 0.99},
    banned_words=("casino*", "straße", "<b>"),
    aliases=(("https://old.example.org/*", "https://example.org/*"),),
    history_share=0.25,
    locale="de",
    announcement="Be kind.\nPlease.",
)


@pytest.mark.parametrize("policy", [Policy(), OWN])
def test_a_form_sent_as_it_was_shown_changes_nothing(policy: Policy) -> None:
    assert policy_fields.read(typed(policy), policy) == ({}, {})


def test_only_what_was_changed_is_changed() -> None:
    sent = {**typed(Policy()), "max_links": "4", "banned_words": "one\r\n\r\n two \n"}
    del sent["guests_may_like"]
    changes_, errors = policy_fields.read(sent, Policy())
    assert errors == {}
    assert changes_ == {"max_links": 4, "banned_words": ("one", "two"), "guests_may_like": False}


def test_two_owners_do_not_undo_each_other() -> None:
    first, _ = policy_fields.read({**typed(Policy()), "max_links": "4"}, Policy())
    second, _ = policy_fields.read({**typed(Policy()), "depth": "2"}, Policy())
    both = replace(Policy(), **first, **second)
    assert (both.max_links, both.depth) == (4, 2)


@every_row(
    ("name", "value"),
    [
        ("max_links", "many"),
        ("max_links", "101"),
        ("max_links", "1.5"),
        ("history_share", "2"),
        ("history_share", "nan"),
        ("default_sort", "random"),
        ("aliases", "https://old.example.org/"),
        ("hold_at.toxicity", "1.5"),
        ("hold_at.toxicity", ""),
        ("min_length", "900000"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str) -> None:
    changes_, errors = policy_fields.read({**typed(Policy()), name: value}, Policy())
    assert list(errors) == [name.partition(".")[0]] and name not in changes_


def test_fields_that_do_not_fit_each_other() -> None:
    sent = {**typed(Policy()), "min_length": "500", "max_length": "400"}
    assert list(policy_fields.read(sent, Policy())[1]) == ["min_length"]
    fitting = {**typed(OWN), "min_length": "500", "max_length": "600"}
    assert policy_fields.read(fitting, replace(OWN, max_length=100)) == (
        {"min_length": 500, "max_length": 600},
        {},
    )


def test_a_comma_is_a_point() -> None:
    sent = {**typed(Policy()), "history_share": "0,4", "hold_at.insult": "0,75"}
    changes_, errors = policy_fields.read(sent, Policy())
    assert errors == {} and changes_["history_share"] == 0.4
    assert changes_["hold_at"]["insult"] == 0.75


# --- long texts -----------------------------------------------------------------------------------

CALM = "The new bridge opens on Monday, and the ferry goes on until the end of May. "


def shown(found: list[Piece]) -> str:
    return "".join("…" * each.gap + each.text * (not each.rest) for each in found)


def test_a_long_text_shows_its_beginning_and_the_marked_sentence() -> None:
    text = f"{CALM * 12}You idiot, go away. {CALM * 12}"
    at = text.index("idiot")
    found = folded(pieces(text, [Mark(at, at + 5, "insult", 0.8)]))
    assert shown(found) == f"{CALM * 4}…{CALM}You idiot, go away. {CALM}…"
    assert "".join(each.text for each in found) == text
    short = f"{CALM * 6}You idiot."
    assert folded(pieces(short, [])) == pieces(short, [])


def test_many_marks_show_the_strongest() -> None:
    text = CALM * 40
    weak = [Mark(at, at + 3, "insult", 0.1) for at in range(0, len(text), 80)]
    listed = text.rindex("ferry")
    found = folded(pieces(text, [*weak, Mark(listed, listed + 5, "word", 1.0)]))
    assert any(each.label == "word" and not each.rest for each in found)
    assert len(shown(found)) < LONG + 500


@given(
    st.text(st.sampled_from("ab .\nä\u0308\u200d👩"), min_size=800, max_size=3000),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 40)), max_size=8),
)
def test_folding_loses_nothing(text: str, places: list[tuple[int, int]]) -> None:
    marks = [Mark(start, start + length, "insult", 0.5) for start, length in places]
    whole = pieces(text, marks)
    found = folded(whole)
    assert "".join(each.text for each in found) == text
    assert [each.text for each in found if each.label and not each.text] == []
    assert {each.label for each in found} == {each.label for each in whole}
