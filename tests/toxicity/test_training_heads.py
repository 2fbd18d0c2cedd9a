"""Heads of other languages are learnt where there is enough, and shipped where they rank well enough."""

from __future__ import annotations

import csv
import lzma
import random
from typing import TYPE_CHECKING

import pytest

from commentsvc.toxicity import tokens
from commentsvc.toxicity.training import data, heads

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
    (folder / data.MULTILINGUAL).write_bytes(lzma.compress(path.read_bytes()))
    return folder


def test_what_ranks_too_badly_is_measured_and_not_claimed(folder: Path) -> None:
    learnt = heads.train(folder)
    assert set(learnt.heads) == {"nl"} and set(learnt.figures) == {"nl", "da"}
    assert learnt.figures["nl"]["auc"] > 0.95
    assert learnt.figures["da"]["auc"] < heads.CLAIMED_FROM
    assert learnt.figures["nl"]["toxic"] == 100
    said = learnt.heads["nl"].probability(tokens.tokenise("wat een klootzak"))
    assert said > 3 * learnt.heads["nl"].probability(tokens.tokenise("wat een brug"))


def test_the_same_data_give_the_same_head(folder: Path) -> None:
    first, again = (heads.train(folder, seed=2).heads["nl"] for _ in range(2))
    assert (first.table == again.table).all() and first.offset == again.offset


def test_without_such_data_there_is_english_alone(tmp_path: Path) -> None:
    assert heads.train(tmp_path) == heads.Learnt({}, {})
