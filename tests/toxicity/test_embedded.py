"""The shipped scorer: right answers on plain cases, honest ones on strange input."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from commentsvc.toxicity import network, normalise, tokens
from commentsvc.toxicity import vectors as token_vectors
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.labels import LABELS
from commentsvc.toxicity.scorer import Scorer, Scores, Unscored, make_scorer
from commentsvc.toxicity.vectors import Vectors
from tests.tables import every_row

from .conftest import random_model

if TYPE_CHECKING:
    from pathlib import Path


def toxicity(scorer: Scorer, text: str) -> float:
    [answer] = scorer.score([text])
    assert isinstance(answer, Scores), answer
    return answer.values["toxicity"]


def test_it_works(shipped: EmbeddedScorer) -> None:
    assert isinstance(shipped, Scorer)
    [rude, kind] = shipped.score(["You are a stupid idiot.", "Thanks for the lovely article!"])
    assert isinstance(rude, Scores) and isinstance(kind, Scores)
    assert set(rude.values) == set(LABELS)
    assert rude.values["toxicity"] > 0.8 > 0.2 > kind.values["toxicity"]
    assert rude.language == "en"
    assert rude.model.startswith("embedded/")
    assert shipped.status().state == "ok"


@pytest.mark.parametrize(
    "text",
    [
        "you are a fucking idiot",
        "you are an i d i o t and a f.o.o.l",
        "you are a fu\u200bcking id1ot",
        "you are a 𝖋𝖚𝖈𝖐𝖎𝖓𝖌 𝖎𝖉𝖎𝖔𝖙",
        "you are a f**king idi0t",
        "yоu аrе а fuсking idiоt",
        "you are a fuuuuucking idiooooot",
    ],
)
def test_a_disguise_does_not_help(shipped: EmbeddedScorer, text: str) -> None:
    assert toxicity(shipped, text) > 0.8


@pytest.mark.parametrize(
    "text", ["My sister is a lesbian.", "I am gay.", "Many muslims live here.", "He is deaf."]
)
def test_naming_oneself_is_neither_held_nor_flagged(shipped: EmbeddedScorer, text: str) -> None:
    assert toxicity(shipped, text) < 0.6  # a new site flags from there on, and holds from .8


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t", "123 456", "!!! ??? …", "👍👍👍", "\u200b\u200b"]
)
def test_nothing_to_read_is_unscored(shipped: EmbeddedScorer, text: str) -> None:
    [answer] = shipped.score([text])
    assert isinstance(answer, Unscored) and answer.reason == "no_text"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ik vind dat jij een idioot bent en ik haat je.", "nl"),
        ("Привет, как у вас дела сегодня?", "ru"),
        ("これはとてもいい記事ですね", "ja"),
        ("Perché non c'è niente su questo nel giornale?", "it"),
    ],
)
def test_an_unknown_language_is_unscored_never_zero(
    shipped: EmbeddedScorer, text: str, language: str
) -> None:
    assert shipped.score([text]) == [Unscored("language", f"embedded/{shipped.version}", language)]


@pytest.mark.parametrize("text", ["ok", "lol", "no", "hm yes", "great!"])
def test_too_short_to_tell_counts_as_english(shipped: EmbeddedScorer, text: str) -> None:
    assert toxicity(shipped, text) < 0.5


@every_row(
    "text",
    ["Jews", "Gay", "I am gay", "Muslim", "Black women", "Women!", "Obviously", "People", "Danke!"],
)
def test_few_harmless_words_pass(shipped: EmbeddedScorer, text: str) -> None:
    [answer] = shipped.score([text])
    assert isinstance(answer, Scores) and max(answer.values.values()) < 0.5


@pytest.mark.parametrize("text", ["Idiots", "Moron!", "fuck off", "Bullshit", "shut up"])
def test_few_rude_words_are_toxic(shipped: EmbeddedScorer, text: str) -> None:
    assert toxicity(shipped, text) > 0.8


def test_a_hint_is_believed(shipped: EmbeddedScorer) -> None:
    [answer] = shipped.score(["hello there my friend"], language="nl-BE")
    assert isinstance(answer, Unscored) and answer.reason == "language"
    [answer] = shipped.score(["merci beaucoup mon ami"], language="en-GB")
    assert isinstance(answer, Scores) and answer.language == "en"


@pytest.mark.parametrize(
    "text",
    ["word " * 13108, "x" * 65536, "🖕" * 16384, "a\u0301" * 32768, "\udcff bad", "\x00 a \x00"],
)
def test_large_and_odd_texts_are_answered(shipped: EmbeddedScorer, text: str) -> None:
    [answer] = shipped.score([text])
    if isinstance(answer, Scores):
        assert all(0 <= v <= 1 for v in answer.values.values())


def test_an_insult_at_the_end_of_a_long_text_is_seen(shipped: EmbeddedScorer) -> None:
    calm = "The council met on Tuesday and spoke about the new bridge over the river. " * 60
    insult = "Fuck you, you stupid piece of shit."
    assert toxicity(shipped, calm + insult) > toxicity(shipped, calm) + 0.3


@pytest.mark.parametrize("limit, kept", [("KEPT_WORDS", 3), ("KEPT_TOKENS", 40)])
def test_forgetting_words_changes_no_score(
    model_file: Path, monkeypatch, limit: str, kept: int
) -> None:
    texts = [f"alpha{i} beta{i} gamma. And delta{i}, {i}x words! More words." for i in range(40)]
    told = EmbeddedScorer(model_file).score(texts)
    monkeypatch.setattr(token_vectors, limit, kept)
    scorer = EmbeddedScorer(model_file)
    assert [scorer.score([t])[0] for t in texts] == told


def test_words_that_come_often_are_not_forgotten(model_file: Path, monkeypatch) -> None:
    monkeypatch.setattr(token_vectors, "KEPT_TOKENS", 40)
    scorer = EmbeddedScorer(model_file)
    learnt: list[str] = []
    compute = Vectors._compute
    monkeypatch.setattr(
        Vectors,
        "_compute",
        lambda self, new, out: (learnt.extend(new), compute(self, new, out))[1],
    )
    for at in range(60):
        scorer.score([f"the council and the harbour seldom{at}"])
    assert learnt.count("council") == 1 and len(learnt) == 4 + 60


def test_new_words_of_all_sentences_are_learnt_at_once(model_file: Path, monkeypatch) -> None:
    scorer, learnt = EmbeddedScorer(model_file), []
    compute = Vectors._compute
    monkeypatch.setattr(
        Vectors,
        "_compute",
        lambda self, new, out: (learnt.append(len(new)), compute(self, new, out))[1],
    )
    # more words than are read of the whole text, so that its sentences have new ones
    scorer.score([" ".join(f"The {at}alpha of {at}beta was {at}gamma." for at in range(80))])
    assert len(learnt) <= 3 and sum(learnt) >= 3 * 80


def test_threads_do_not_disturb_each_other(model_file: Path) -> None:
    scorer, texts = EmbeddedScorer(model_file), [f"word{i} other{i % 7} text" for i in range(120)]
    expected = EmbeddedScorer(model_file).score(texts)
    wrong: list[int] = []

    def work() -> None:
        for i, text in enumerate(texts):
            if scorer.score([text]) != [expected[i]]:
                wrong.append(i)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_a_model_gone_mad_is_a_failure_not_a_score(tmp_path: Path) -> None:
    from dataclasses import replace

    scorer = EmbeddedScorer(tmp_path / "none")
    mad = replace(random_model(), out=np.full((5, 6), np.nan, np.float32))
    scorer.model, scorer._vectors = mad, Vectors(mad)
    [answer] = scorer.score(["hello there"])
    assert isinstance(answer, Unscored) and answer.reason == "failed"
    assert scorer.status().failures == 1


def test_the_forward_pass_is_what_it_says() -> None:
    model, pick = random_model(), np.random.default_rng(3)
    vectors = pick.normal(size=(5, 8)).astype(np.float32)
    padded = np.vstack([np.zeros((1, 8)), vectors, np.zeros((1, 8))])
    seen = np.array(
        [np.maximum(padded[i : i + 3].ravel() @ model.conv + model.conv_bias, 0) for i in range(5)]
    )
    attention = np.exp(seen @ model.look)
    attention /= attention.sum(0)
    pools = [seen.max(0), attention[:, 0] @ seen, attention[:, 1] @ seen]
    sums = [vectors.sum(0) / 6, seen.sum(0) / 6]  # twice the root of five tokens and four
    pooled = np.concatenate([*pools, vectors.mean(0), vectors.max(0), *sums, [0.1, 0.2, 0.3]])
    hidden = np.maximum(pooled @ model.mix + model.mix_bias, 0)
    expected = hidden @ model.out + model.out_bias
    assert np.allclose(network.logits(model, vectors, (0.1, 0.2, 0.3)), expected, atol=1e-4)


def test_rows_of_tokens() -> None:
    rows, starts, counts = tokens.rows(["idiot", "a", "🐒"])
    assert starts.tolist() == [0, counts[0], counts[0] + counts[1]]
    assert counts[1] == 2 and rows[starts[0]] < tokens.WORD_ROWS <= rows[1]
    monkey = tokens.rows(["monkey"])[0][0]
    assert monkey in rows[starts[2] :]


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="embedded"):
        make_scorer("clairvoyant")


def test_many_tokens_have_the_rows_of_each() -> None:
    words = ["you", "idiots", "a", "été", "x" * 40, "naïve", "1990", "!!", "don't", "ß", "中文"]
    words += [f"word{i}" for i in range(40)]
    rows, starts, counts = tokens.rows(words)
    for word, start, count in zip(words, starts, counts, strict=True):
        alone = tokens.token_rows(word, tokens.WORD_ROWS, tokens.PIECE_ROWS)
        assert rows[start : start + count].tolist() == alone, word


def test_the_quick_ways_read_what_the_long_ones_read() -> None:
    words = [
        "plain",
        "sooo",
        "word,",
        "wait!",
        "sooo!",
        "!!",
        "o'clock",
        "a.b",
        "shit",
        "aaa",
        "x" * 40,
    ]
    for word in words:
        assert tokens.split(word) == [t for t, _, _ in tokens.split_spans(word)]
        pieces = normalise._pieces(word, False)
        assert normalise.plain_word(word, False) == "".join(p for p, _, _ in pieces)


def test_of_a_long_text_both_ends_are_read() -> None:
    text = " ".join(f"word{i}, and" for i in range(400))
    every = [t for w in text[: tokens.MAX_CHARS * 2 // 3].split() for t in tokens.split(w)]
    last = [t for w in text[-tokens.MAX_CHARS // 3 :].split() for t in tokens.split(w)]
    assert tokens.tokenise(text) == every[: tokens.HEAD] + last[-tokens.TAIL :]
