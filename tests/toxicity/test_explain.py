"""Marked words are whole words of the original, and they are the ones that mattered."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.toxicity import explain
from commentsvc.toxicity.backends.embedded import EmbeddedScorer

SHIPPED = EmbeddedScorer()


def test_it_works(shipped: EmbeddedScorer) -> None:
    text = "I read the whole report and you are a stupid idiot."
    weights = shipped.explain(text, "toxicity")
    heaviest = [text[w.start : w.end] for w in weights[:2]]
    assert set(heaviest) == {"stupid", "idiot"}
    assert weights == sorted(weights, key=lambda w: -w.share)
    assert sum(abs(w.share) for w in weights) <= 1.001


def test_what_is_marked_is_what_was_written(shipped: EmbeddedScorer) -> None:
    text = "well well, you f\u200bu\u200bc\u200bking id10t 👨‍👩‍👧"
    marked = {text[w.start : w.end] for w in shipped.explain(text, "toxicity")[:2]}
    assert marked == {"f\u200bu\u200bc\u200bking", "id10t"}


@pytest.mark.parametrize("text", ["", "👍", "Buongiorno, come state tutti oggi?"])
def test_no_score_no_words(shipped: EmbeddedScorer, text: str) -> None:
    assert shipped.explain(text, "toxicity") == []


def test_an_unknown_label_has_no_words(shipped: EmbeddedScorer) -> None:
    assert shipped.explain("you idiot", "sarcasm") == []


def test_a_long_text_stays_within_the_budget(shipped: EmbeddedScorer, monkeypatch) -> None:
    passes = []
    real = explain.logits
    monkeypatch.setattr(explain, "logits", lambda *a: passes.append(1) or real(*a))
    text = "The report was read in full by all of us. " * 80 + "You stupid idiot."
    weights = shipped.explain(text, "toxicity")
    assert len(passes) <= explain.BUDGET + 2
    assert text[weights[0].start : weights[0].end] in ("stupid", "idiot")


pieces = st.one_of(
    st.sampled_from("fuck *1!.-\n\u0301\u200d\u200b\ufe0f👩👧🏽🇫🇺🖕ﬁßİя한½𝖋é"),
    st.sampled_from(["you", "idiot", "हि"]),
)


@given(st.lists(pieces, max_size=30).map("".join))
def test_marks_cut_at_whole_characters(text: str) -> None:
    for weight in SHIPPED.explain(text + " you idiot", "toxicity"):
        whole = text + " you idiot"
        assert 0 <= weight.start < weight.end <= len(whole)
        for at in (weight.start, weight.end):
            if 0 < at < len(whole):
                assert unicodedata.category(whole[at]) not in ("Mn", "Me", "Mc")
                assert whole[at] != "\u200d" and whole[at - 1] != "\u200d"
                assert not "🏻" <= whole[at] <= "🏿"
