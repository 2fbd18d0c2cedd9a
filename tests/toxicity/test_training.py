"""The whole way from a folder of comments to a scorer, on a few hundred invented rows."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from commentsvc.cli.toxicity import toxicity
from commentsvc.toxicity import identity, modelfile, network, tokens
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.scorer import Scores
from commentsvc.toxicity.training import assembling, fit, harder, refine, sentences, train
from commentsvc.toxicity.training import corpus as training_corpus
from commentsvc.toxicity.training import data as training_data
from commentsvc.toxicity.training import net as training_net
from commentsvc.toxicity.training import text as training_text
from commentsvc.toxicity.vectors import Vectors

from .conftest import random_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "tiny.npz"
    train.train(data, out, trial=train.Trial(share=1.0, epochs=3, snippets=60), threads=1)
    return out


def test_it_works(trained: Path) -> None:
    scorer = EmbeddedScorer(trained)
    assert scorer.status().state == "ok"
    rude, kind = scorer.score(["what a stupid idiot, shut up", "thank you, lovely source"])
    assert isinstance(rude, Scores) and isinstance(kind, Scores)
    assert rude.values["toxicity"] > kind.values["toxicity"] + 0.2


def test_the_card_tells_how_to_make_it_again(trained: Path, data: Path) -> None:
    card = modelfile.read(trained).card
    assert set(card["data"]) == {"jigsaw_train.csv.xz"}
    assert card["seed"] == 1 and card["trial"] is True and card["held"] > 0
    assert {"python", "numpy", "torch"} <= set(card["versions"])
    assert "limits" in card and "calibration_error" in card


def test_the_last_lessons_give_the_same_file_on_another_day(trained: Path, data: Path) -> None:
    first, again = trained.with_name("tiny.npz.first"), trained.with_name("again.npz")
    trial = train.Trial(share=1.0, epochs=3, snippets=60)
    train.train(data, again, trial=trial, threads=1, first=first)
    assert again.read_bytes() == trained.read_bytes()
    assert first.read_bytes() != trained.read_bytes()


def test_a_file_goes_on_learning_from_where_it_was(trained: Path) -> None:
    model = modelfile.read(trained)
    net, vectors = refine.network_of(model), Vectors(model)
    texts = ["what a stupid idiot, shut up", "thank you, lovely source", "one"]
    said = fit.predict(net, training_net.encode(texts))
    for text, wanted in zip(texts, said, strict=True):
        found, _ = vectors.of_text(text)
        raw = network.logits(model, found, tokens.shape(text, len(found)))
        assert np.allclose(raw, wanted, atol=2e-3)


def test_our_own_sentences_are_the_same_for_a_seed() -> None:
    made = [text for text, _ in harder.harder(300, seed=5)]
    assert made == [text for text, _ in harder.harder(300, seed=5)]
    assert not any("{" in text for text in made)
    labels = np.array([labels for _, labels in harder.harder(3000, seed=5)])
    assert 0.3 < (labels[:, 0] > 0.5).mean() < 0.6 and (labels >= 0).all() and (labels <= 1).all()


def test_numpy_scores_what_torch_trained() -> None:
    torch.manual_seed(2)
    net = training_net.Small()
    training_net.round_as_stored(net)
    table, scale = training_net.stored_table(net)
    texts = ["hello there", "one", "a longer text, with punctuation!! and 12 numbers", "e " * 400]
    expected = fit.predict(net, training_net.encode(texts))
    small = random_model()
    model = modelfile.Model(
        card=small.card,
        table=table,
        scale=scale,
        curve=small.curve,
        languages=small.languages,
        language_table=small.language_table,
        language_bias=small.language_bias,
        language_step=small.language_step,
        **training_net.dense_arrays(net),
    )
    vectors = Vectors(model)
    for text, wanted in zip(texts, expected, strict=True):
        found, _ = vectors.of_text(text)
        raw = network.logits(model, found, tokens.shape(text, len(found)))
        assert np.abs(raw - wanted).max() < 0.005


def test_a_seed_gives_the_same_network(data: Path) -> None:
    encoded = training_net.encode(["you fool", "thank you", "a kind word", "shut up now"])
    targets = np.array([[1.0] * 6, [0.0] * 6] * 2, np.float32)
    found = []
    for _ in range(2):
        torch.manual_seed(5)
        net = training_net.Small(8, 8, 8)
        fit.fit(net, encoded, targets, np.ones(4, np.float32), fit.Plan(2))
        found.append(fit.predict(net, encoded))
    assert (found[0] == found[1]).all()


def test_training_needs_data(tmp_path: Path) -> None:
    result = CliRunner().invoke(toxicity, ["train", str(tmp_path), "-o", str(tmp_path / "m.npz")])
    assert result.exit_code == 1
    assert "holds none of the training files" in result.output


def test_a_disguise_changes_the_text_and_keeps_its_length_in_reason() -> None:
    pick = random.Random(1)
    text = "you are a stupid fool and everybody knows it"
    for name, way in training_text.DISGUISES.items():
        changed = training_text.disguised_toxic(text, way, pick)
        assert changed != text, name
        assert len(changed) < 3 * len(text)


def test_parts_are_parts() -> None:
    pick = random.Random(1)
    text = "This is the first. And here the second. A third one follows. Then the end of it."
    part = training_text.part_of(text, pick)
    assert part is not None and part in text and part != text
    assert training_text.part_of("Only one sentence", pick) is None


def test_bits_are_a_few_neighbouring_words() -> None:
    pick, text = random.Random(3), "The council met you idiot on Tuesday"
    for _ in range(200):
        bit = training_text.bit_of(text, pick)
        assert bit is not None and 1 <= len(bit.split()) <= 3
        assert bit.rstrip(".!").lower() in text.lower()
        rude = training_text.bit_of(text, pick, frozenset({"idiot"}))
        assert rude is not None and "idiot" in rude.lower() and len(rude.split()) <= 3
    assert training_text.bit_of(text, pick, frozenset({"moron"})) is None
    assert training_text.bit_of(" .. ", pick, frozenset({"moron"})) is None


def test_what_tells_is_no_name_of_a_group() -> None:
    toxic, clean = (1.0, *(0.0,) * 5), (0.0,) * 6
    rows = [training_data.Row("you gay idiot", toxic, "x", "x")] * 20
    rows += [training_data.Row("you are early", clean, "x", "x")] * 20
    assert training_corpus.telling(rows) == {"idiot"}


def test_few_words_are_clean_unless_they_tell(data: Path) -> None:
    learn = training_corpus.build(data, seed=1, keep_out=train.is_held_back).learn
    bits = learn.sources == "bit"
    assert bits.any()
    for i in np.flatnonzero(bits):
        rude = training_text.names_any(learn.texts[i], frozenset({"idiot", "moron", "fool"}))
        assert not rude or learn.labels[i][0] > 0.9
    wanted = train.targets(learn, np.full_like(learn.labels, 0.6))
    known = bits & (learn.labels[:, 0] == 0)
    assert (wanted[known] == 0).all()  # whatever the teachers think of one word


def test_our_own_sentences_are_balanced_between_groups() -> None:
    made = sentences.sentences(4000, seed=1)
    assert made == sentences.sentences(4000, seed=1)
    toxic = [labels[0] > 0.9 for _, labels in made]
    assert 0.25 < np.mean(toxic) < 0.5
    for group in ("muslim", "gay", "black", "women"):
        named = [t for (text, _), t in zip(made, toxic, strict=True) if group in text.lower()]
        assert len(named) > 30 and 0.2 < np.mean(named) < 0.65, group


def test_a_group_is_exchanged_for_another() -> None:
    pick = random.Random(3)
    swapped = identity.swapped("the muslim shop on the corner", pick)
    assert swapped is not None and swapped.endswith(" shop on the corner")
    assert identity.swapped("no group is named", pick) is None


def test_evaluate_prints_json(trained: Path, data: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    arguments = ["evaluate", str(data / "plain.csv"), "--backend", f"embedded:{trained}", "--json"]
    result = CliRunner().invoke(toxicity, [*arguments, "--page", str(page), "--disguises"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert report["auc"]["toxicity"] > 0.9
    assert report["mean_auc"] == pytest.approx(np.mean(list(report["auc"].values())))
    assert set(report["obfuscation"]) >= {"none", "leet", "mixed"}
    assert report["speed"]["p50_ms"] > 0
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") == 2 and "plain.csv" in html


def test_no_teacher_marks_what_it_has_learnt(data: Path) -> None:
    corpus = training_corpus.build(data, seed=1, share=0.3, keep_out=train.is_held_back).learn
    learnt = ~np.isnan(corpus.labels)
    seen: list[np.ndarray] = []

    def ask(within: np.ndarray, fold: int) -> np.ndarray:
        seen.append(within)
        return np.full_like(corpus.labels, fold)

    said = train._crossed(corpus, learnt, ask)
    for fold, within in enumerate(seen):
        taught = {k for k, inside in zip(corpus.kin, within, strict=True) if inside and k >= 0}
        asked = learnt.all(1) & (said == fold).all(1) & (corpus.kin >= 0)
        assert asked.any() and not taught & set(corpus.kin[asked])
    assert (said[~learnt] == 1).all()  # the mean of all


def test_variations_know_what_they_were_made_of(data: Path) -> None:
    corpus = training_corpus.build(data, seed=1, share=0.3, keep_out=train.is_held_back).learn
    assert {"introduced", "disguised"} <= set(corpus.sources)
    assert (corpus.origins != "").all()
    by_kin = {
        k: t
        for t, k, s in zip(corpus.texts, corpus.kin, corpus.sources, strict=True)
        if s == "jigsaw_train"
    }
    for text, kin, source in zip(corpus.texts, corpus.kin, corpus.sources, strict=True):
        if source == "introduced":
            assert by_kin[kin] in text


def test_the_mean_of_networks_lies_between_them() -> None:
    nets = [training_net.Small(4, 4, 4, rows=8) for _ in range(2)]
    tables = [net.words.table.clone() for net in nets]
    assert torch.allclose(training_net.mean(nets).words.table, (tables[0] + tables[1]) / 2)


def test_an_attack_on_a_group_is_toxic_too() -> None:
    model = random_model()
    vectors = np.random.default_rng(1).normal(size=(3, 8)).astype(np.float32)
    before = network.logits(model, vectors, (0.0, 0.0, 0.1))
    after = network.logits(assembling.coherent(model), vectors, (0.0, 0.0, 0.1))
    assert after[0] == pytest.approx(before[0] + 0.1 * before[5], abs=1e-5)
    assert np.allclose(after[1:], before[1:])
