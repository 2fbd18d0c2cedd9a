"""Tables of every usual shape are read, others are refused with words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from commentsvc.cli.toxicity import toxicity
from commentsvc.toxicity.backends.stub import StubScorer
from commentsvc.toxicity.evaluating import evaluate, page, tables
from commentsvc.toxicity.labels import LABELS
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.shared_data import shared

if TYPE_CHECKING:
    from pathlib import Path


SHAPES = {
    "jigsaw": (
        "id,comment_text,toxic,severe_toxic,obscene,threat,insult,identity_hate,weight\n"
        "1,you fool,1,0,1,0,1,0,2\n2,thank you,0,0,0,0,0,0,1\n"
    ),
    "share of raters": "id,comment_text,target\n1,you fool,0.7\n2,thank you,0.1\n",
    "functional": (
        "functionality,test_case,label_gold\nslur_h,you fool,hateful\nident_nh,me,non-hateful\n"
    ),
    "emoji": "text,target,label_gold\nyou fool,women,1\nthank you,none,0\n",
    "classes": "row,klass,tweet\n1,1,you fool\n2,2,thank you\n",
    "madlibs": "Text,Label,Template\nyou fool gay,BAD,a\ngay kind,NOT_BAD,a\n",
    "pairs": "toxic,neutral1,neutral2,neutral3\nyou fool,you there,,\n",
    "languages": "row,language,text,toxic,source\n1,en,you fool,1,a\n2,de,danke,0,a\n",
}


def _scorer() -> StubScorer:
    return StubScorer({"fool": {"toxicity": 0.9}})


@pytest.mark.parametrize("shape", SHAPES)
def test_it_works(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(SHAPES[shape], encoding="utf-8")
    table = tables.read(path)
    assert table.labels["toxicity"].tolist() == [1.0, 0.0]
    report = evaluate.evaluate(_scorer(), table)
    assert report["auc"]["toxicity"] == 1.0
    assert "1.0000" in page.as_text(report)


def test_functional_tests_and_languages_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(SHAPES["functional"], encoding="utf-8")
    report = evaluate.evaluate(_scorer(), tables.read(path), timing=False)
    slur = report["functionality"]["slur_h"]
    assert (slur["cases"], slur["toxic"], slur["held"]) == (1, 1.0, 1.0)
    assert slur["interval"][0] < 0.3  # of one case
    assert report["functionality"]["ident_nh"]["held"] == 0.0
    path.write_text(SHAPES["languages"], encoding="utf-8")
    report = evaluate.evaluate(_scorer(), tables.read(path), timing=False)
    assert set(report["languages"]) == {"de", "en"}


def test_a_policy_goes_by_the_label_that_is_furthest_over_its_limit() -> None:
    scores = np.zeros((3, len(LABELS)))
    scores[:, LABELS.index("toxicity")] = (0.5, 0.1, 0.8)
    scores[:, LABELS.index("identity_attack")] = (0.1, 0.3, 0.0)
    limits = {"toxicity": 0.8, "identity_attack": 0.3}
    found = evaluate._other_scores(scores, limits)
    assert found["identity_attack"].tolist() == [0.1, 0.3, 0.0]
    assert found["toxicity or identity_attack"] == pytest.approx([0.2059, 0.5, 0.5], abs=1e-3)


def test_what_a_policy_holds_is_told_by_kind_and_by_corpus(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    kinds = (("calm", "publish"), ("threats", "person"))
    rows = [",".join(("en", *kinds[i % 2], f"a{i % 3}", "")) for i in range(60)]
    texts = ["you fool" if i % 4 == 1 else f"The bus is late {i}." for i in range(60)]
    lines = [row + text for row, text in zip(rows, texts, strict=True)]
    path.write_text("language,class,wanted,source,text\n" + "\n".join(lines), encoding="utf-8")
    report = evaluate.evaluate(_scorer(), tables.read(path), timing=False, holds=_held)
    assert report["policy"]["held_per_1000"] == pytest.approx(250)
    assert report["policy"]["recall"]["held"] == 0.5
    low, high = report["policy"]["recall"]["interval"]
    assert 0.3 < low < 0.5 < high < 0.7
    assert report["functionality"]["calm"]["held"] == 0
    assert report["functionality"]["threats"]["held"] == 0.5
    assert set(report["corpora"]) == {"en a0", "en a1", "en a2"}
    said = page.as_text(report)
    assert "recall 50.0% [33.2%, 66.8%] of 30" in said and "250.0 of 1,000 held" in said
    assert "precision 100% [80%, 100%]" in said


def test_every_share_and_area_has_an_interval_or_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    texts = [f"{'you fool' if i % 3 else 'A muslim friend was late'} {i}" for i in range(48)]
    lines = [f"{'en' if i < 30 else 'de'},{i % 2},{text}" for i, text in enumerate(texts)]
    path.write_text("language,toxicity,text\n" + "\n".join(lines), encoding="utf-8")
    report = evaluate.evaluate(_scorer(), tables.read(path), timing=False)
    low, high = report["languages"]["en"]["interval"]
    assert low < report["languages"]["en"]["auc"] < high
    assert report["languages"]["de"]["auc"] is None  # nine of each
    said = page.as_text(report)
    (label,) = (line for line in said.splitlines() if line.startswith("  toxicity "))
    assert label.count("[") == 4  # the area, and the recall at three limits
    assert "de: 18 of 18 scored, –" in said and said.count("worst ") == 0


def _held(text: str, said: Scores | Unscored) -> bool:
    return isinstance(said, Scores) and bool(text) and said.values["toxicity"] >= 0.8


def test_padded_texts_are_all_toxic(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "id,place,toxic_sentence,text\n1,end,You idiot.,Hi. You idiot.\n", encoding="utf-8"
    )
    table = tables.read(path)
    assert table.labels["toxicity"].tolist() == [1.0] and table.functions == ["end"]


def test_recorded_answers_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(
        f"{'fool' if i % 4 == 0 else 'kind'} {i},{int(i % 4 == 0)},{0.9 if i % 3 == 0 else 0.2}\n"
        for i in range(60)
    )
    path.write_text("comment_text,toxic,ref_toxic\n" + rows, encoding="utf-8")
    report = evaluate.evaluate(_scorer(), tables.read(path), timing=False)
    row = report["recorded"]["labels"]["toxicity"]
    assert row["auc"] == 1.0 > row["recorded"]
    assert row["difference"][1] > 0
    assert "compared with the recorded model" in page.as_text(report)


def test_unscored_rows_are_counted_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("text,label\nyou fool,1\nwhat??,1\nkind,0\n", encoding="utf-8")
    report = evaluate.evaluate(_scorer(), tables.read(path), timing=False)
    assert report["unscored"] == 1 and report["auc"]["toxicity"] == 1.0


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "text\nhello\n", "text,label\nhello,maybe\n"])
def test_a_table_without_columns_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(tables.NotATable):
        tables.read(path)
    result = CliRunner().invoke(toxicity, ["evaluate", str(path)])
    assert result.exit_code == 1 and result.output.count("\n") == 1


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(toxicity, ["evaluate", str(tmp_path / "none.csv")])
    assert result.exit_code == 1 and "none.csv" in result.output


def test_score_and_status_speak() -> None:
    result = CliRunner().invoke(toxicity, ["score", "--explain", "--json", "you stupid idiot"])
    assert result.exit_code == 0 and '"toxicity": 0.' in result.output
    assert '"word": "idiot"' in result.output
    result = CliRunner().invoke(
        toxicity, ["score"], input="first\nbuongiorno, come state tutti oggi\n"
    )
    assert result.output.count("insult") == 1 and "unscored: language" in result.output
    result = CliRunner().invoke(toxicity, ["status"])
    assert result.exit_code == 0 and "embedded" in result.output
    result = CliRunner().invoke(toxicity, ["status", "--backend", "embedded:/nowhere.npz"])
    assert result.exit_code == 1 and "missing" in result.output
    assert CliRunner().invoke(toxicity, ["score", "--backend", "magic", "x"]).exit_code == 2


def test_the_shipped_model_keeps_its_figures_on_the_public_rows(shipped) -> None:
    """On a part of the dev rows where the shared data is there, else on a few of our own."""
    path = shared("toxicity/jigsaw_dev.csv.xz")
    if path is None:
        said = [a.values["toxicity"] for a in shipped.score(["you moron", "a fine day", "thanks"])]
        assert said[0] > max(said[1:])
        return
    table = tables.read(path)
    scores = evaluate.score_all(shipped, table.texts[:1500], ["en"] * 1500).scores
    truth = table.labels["toxicity"][:1500] >= 0.5
    known = ~np.isnan(scores[:, 0])
    from commentsvc.toxicity.evaluating.metrics import roc_auc

    auc = roc_auc(truth[known], scores[known, 0])
    assert auc is not None and auc > 0.965
