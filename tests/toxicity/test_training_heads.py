"""Heads of other languages are learnt where there is enough, and shipped where they rank well enough."""

from __future__ import annotations

import csv
import lzma
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from commentsvc.toxicity.training import data, heads, helped, own

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dutch comments that can be told apart, Danish ones that cannot, Swedish ones of one kind."""
    folder, pick = tmp_path_factory.mktemp("languages"), random.Random(3)
    path = folder / "plain.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["row", "language", "text", "toxic", "source"])
        for i in range(400):
            toxic = i % 4 == 0
            word = pick.choice(["sukkel", "klootzak"] if toxic else ["fiets", "brug"])
            other = pick.choice(["vandaag", "morgen", "altijd", "nooit"])
            writer.writerow([i, "nl", f"de {word} is {other} hier {i}", int(toxic), "invented"])
            writer.writerow([i, "da", f"en bro er her {pick.random()}", int(toxic), "invented"])
            writer.writerow([i, "sv", f"det är en bro {i}", 1, "invented"])
    (folder / data.MULTILINGUAL[0]).write_bytes(lzma.compress(path.read_bytes()))
    return folder


def test_what_ranks_too_badly_is_measured_and_not_claimed(folder: Path) -> None:
    learnt = heads.train(folder)
    assert set(learnt.heads) == {"nl"} and set(learnt.figures) == {"nl", "da"}
    assert learnt.figures["nl"]["auc"] > 0.95
    assert learnt.figures["da"]["auc"] < heads.CLAIMED_FROM
    assert learnt.figures["nl"]["toxic"] == 100
    said = learnt.heads["nl"].of_text("wat een klootzak")
    assert said > 3 * learnt.heads["nl"].of_text("wat een brug")


def test_the_same_data_give_the_same_head(folder: Path) -> None:
    first, again = (heads.train(folder, seed=2).heads["nl"] for _ in range(2))
    assert (first.table == again.table).all() and first.offset == again.offset


def test_without_such_data_there_is_english_alone(tmp_path: Path) -> None:
    assert heads.train(tmp_path) == heads.Learnt({}, {})


def _of(auc: float, **elsewhere: float) -> dict[str, object]:
    return {"auc": auc, "sources": {"large": 900, "small": 400}, "elsewhere": elsewhere}


def test_a_second_corpus_decides_too() -> None:
    assert heads.is_good(_of(0.85)) and not heads.is_good(_of(0.79))
    assert heads.is_good(_of(0.85, small=0.71)) and not heads.is_good(_of(0.85, small=0.69))
    assert heads.is_good(_of(0.85, small=0.71, large=0.6))  # learnt from the small one alone


def test_which_source_a_text_is_from_says_nothing() -> None:
    truth = np.array([True] * 90 + [False] * 10 + [True] * 10 + [False] * 90)
    source = np.array(["harsh"] * 100 + ["calm"] * 100)
    weights = heads._even(truth, source)
    for name in ("harsh", "calm"):
        here = source == name
        assert np.average(truth[here], weights=weights[here]) == pytest.approx(0.35)
        assert weights[here].sum() == pytest.approx(100)


def test_our_own_comments_and_words_teach_what_no_labeled_comment_has(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = heads.train(folder)
    ours = [
        data.Spoken("nl", f"wat een {word} {i}", word == "eikel", f"own {part}", "own")
        for part in ("one", "two")
        for word in ("eikel", "kade")
        for i in range(110)
    ]
    monkeypatch.setattr(helped.own, "comments", lambda code: ours if code == "nl" else [])
    monkeypatch.setattr(helped.own, "words", lambda code: {"insult": ["smeerlap", "sukkel"]})
    monkeypatch.setitem(helped.HELPED, "nl", helped.Help(kinds=2.0))
    learnt = heads.train(folder)
    assert learnt.figures["nl"]["sources"] == plain.figures["nl"]["sources"]  # ours judge nothing
    assert learnt.figures["nl"]["texts"] == 400 and set(learnt.figures["nl"]["own"]) == {
        "own one",
        "own two",
    }
    for word in ("eikel", "smeerlap"):
        before, after = (each.heads["nl"].of_text(f"een {word}") for each in (plain, learnt))
        assert after > before + 0.05, word


def test_own_comments_have_both_kinds_and_none_twice() -> None:
    comments = own.comments("fr")
    assert len(comments) >= 700 and 0.4 < np.mean([each.toxic for each in comments]) < 0.6
    assert len({each.text.lower() for each in comments}) == len(comments)
    assert len({each.source for each in comments}) >= 6 and own.comments("xx") == []
    listed = own.words("fr")
    assert {"debile", "débile"} <= set(listed["insult"]) and own.words("xx") == {}


def test_a_language_learnt_by_contrast_is_told_apart_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = heads.train(folder).heads["nl"]
    monkeypatch.setattr(heads, "BY_CONTRAST", frozenset({"nl"}))
    learnt = heads.train(folder)
    contrast = learnt.heads["nl"]
    assert learnt.figures["nl"]["auc"] > 0.95
    assert contrast.of_text("wat een klootzak") > 3 * contrast.of_text("wat een brug")
    assert (plain.table != contrast.table).any()
