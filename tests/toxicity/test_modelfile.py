"""A model file is read as it was written, and refused with a sentence when it cannot be used."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from commentsvc.toxicity import modelfile
from commentsvc.toxicity.backends.embedded import EmbeddedScorer, make
from commentsvc.toxicity.scorer import Unscored

from .conftest import random_model

if TYPE_CHECKING:
    from pathlib import Path


def test_it_works(model_file: Path) -> None:
    stored, read = random_model(), modelfile.read(model_file)
    assert (read.table == stored.table).all()
    assert read.version == "test"
    assert np.allclose(read.conv, stored.conv, atol=1e-3)


def _rewritten(path: Path, **changes: object) -> None:
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    card = json.loads(arrays["card"].tobytes())
    card.update({k: v for k, v in changes.items() if k in ("kind", "format", "labels")})
    arrays["card"] = np.frombuffer(json.dumps(card).encode(), np.uint8)
    arrays |= {k: v for k, v in changes.items() if k in arrays and k != "card"}
    for name in changes:
        if changes[name] is None:
            del arrays[name]
    with path.open("wb") as file:
        np.savez(file, **arrays)


BROKEN = {
    "cut off": (lambda p: p.write_bytes(p.read_bytes()[:4000]), "truncated"),
    "empty": (lambda p: p.write_bytes(b""), "not a model"),
    "text": (lambda p: p.write_text("hello"), "not a model"),
    "another npz": (lambda p: np.savez(p.open("wb"), a=np.zeros(3)), "not a commentsvc model"),
    "a pickle": (
        lambda p: np.save(p.open("wb"), np.array([{}], object), allow_pickle=True),
        "not a model",
    ),
    "newer": (lambda p: _rewritten(p, format=99), "upgrade commentsvc"),
    "foreign": (lambda p: _rewritten(p, kind="something else"), "not a commentsvc model"),
    "other labels": (lambda p: _rewritten(p, labels=["spam"]), "labels other than"),
    "a part missing": (lambda p: _rewritten(p, conv=None), "lacks a part"),
    "wrong shape": (lambda p: _rewritten(p, conv=np.zeros((2, 2), np.float16)), "shape"),
    "not a number": (lambda p: _rewritten(p, out_bias=np.full(6, np.nan, np.float16)), "numbers"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_told_apart(what: str, model_file: Path) -> None:
    spoil, words = BROKEN[what]
    spoil(model_file)
    with pytest.raises(modelfile.ModelBroken, match=words):
        modelfile.read(model_file)
    scorer = EmbeddedScorer(model_file)
    assert scorer.status().state == "broken"
    assert words in scorer.status().message
    assert scorer.score(["hello there"]) == [Unscored("model_broken", "embedded/none", None)]
    assert scorer.explain("hello there", "toxicity") == []


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    scorer = make(str(tmp_path / "nothing.npz"))
    status = scorer.status()
    assert status.state == "missing"
    assert "toxicity train" in status.message
    [answer] = scorer.score(["hello"], language="en")
    assert isinstance(answer, Unscored) and answer.reason == "model_missing"


def test_a_table_with_infinite_scale_is_refused(tmp_path: Path) -> None:
    model = random_model()
    path = tmp_path / "m.npz"
    modelfile.write(path, replace(model, scale=np.full_like(model.scale, np.inf)))
    with pytest.raises(modelfile.ModelBroken):
        modelfile.read(path)


def test_the_shipped_file_is_small_and_says_where_it_is_from() -> None:
    assert modelfile.SHIPPED.stat().st_size <= 5_000_000
    card = modelfile.read(modelfile.SHIPPED).card
    assert card["data"] and card["versions"] and "seed" in card
    assert set(card["limits"]["toxicity"]) == {"1%", "2%", "5%"}
