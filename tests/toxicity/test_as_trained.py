"""What training reads is what the shipped model learned from.

Whoever changes how texts become rows, or which sentences of our own are drawn, makes the model
another one: it then reads texts otherwise than it learned, and training no longer gives the file that
ships.
"""

from __future__ import annotations

import hashlib

import pytest

from commentsvc.toxicity import heads, language_words, tokens
from commentsvc.toxicity.training import harder, own, sentences
from commentsvc.toxicity.training.text import as_first_read

TEXTS = """Thank you, that's a lovely source!
WHY would sh1t like this f.u.c.k.i.n.g happen??? 😡🐷
Ｄｏｎ’ｔ reаd thіs 𝖋𝖔𝖔𝖑 of an i\u200bd\u200bi\u200bo\u200bt @someone http://example.org/a?b=c #tag
ᵮ294543525234u7435535345345c235235234234234234k and an y02ou are an aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
Du bist ein Mistkerl, größer geht's nicht.
C’est une honte, espèce d’abruti déjà vu…
Você é um idiota, vai tomar no seu lugar
Sen ne aptal bir insansın, İstanbul'da kış
أنت غبي جداً يا رجل
你是一个没有用的东西，这里的空气很好，所以我们明天还会再来看看这个美丽的城市和它的人民，然后回家吃饭睡觉
시발 병신 같은 소리 하지 마라 ㅅㅂ
これは本当にばかげた話だと思いますよ
Ты дурак, Їжак і ґанок
ของขวัญวันเกิดที่สวยงามมากสำหรับเพื่อนของฉัน
Jesteś głupi jak but""".splitlines()


def _digest(found: object) -> str:
    return hashlib.sha256(repr(found).encode("utf-8", "replace")).hexdigest()[:16]


def _reads() -> list[object]:
    names = [tokens.tokenise(text) for text in TEXTS]
    found = []
    for each in names:
        rows, starts, counts = tokens.rows(each)
        listed, factor = heads.rows(each)
        found.append((rows.tolist(), starts.tolist(), counts.tolist(), listed.tolist(), factor))
    shapes = [tokens.shape(text, len(each)) for text, each in zip(TEXTS, names, strict=True)]
    return [found, [[round(float(value), 5) for value in shape] for shape in shapes]]


AS_TRAINED = {
    "how texts become rows": (_reads, "7af932b68b1c72aa"),
    "the words of the language detector": (
        lambda: (list(language_words.WORDS.items()), language_words.SCRIPTS),
        "3e5924c4ded27cf6",
    ),
    "sentences about groups, first stage": (
        lambda: sentences.sentences(2000, seed=1, sparing=True),
        "ff6d1c979a3dc7aa",
    ),
    "sentences about groups, last stage": (
        lambda: sentences.sentences(2000, seed=1),
        "6b9d18951b8c53bd",
    ),
    "harder sentences": (lambda: harder.harder(2000, seed=1), "048156c8a627886b"),
    "French comments and words": (
        lambda: (own.comments("fr"), own.words("fr")),
        "d94fe00068ac88ae",
    ),
}


@pytest.mark.parametrize("what", AS_TRAINED)
def test_training_reads_what_the_shipped_model_learned_from(what: str) -> None:
    made, wanted = AS_TRAINED[what]
    assert _digest(made()) == wanted, (
        f"{what} changed since the shipped model was trained: train it anew and ship the result "
        f"(docs/toxicity.md, Train the model), or say in its card what no longer comes out the same"
    )


def test_one_word_is_read_as_the_first_stage_read_it() -> None:
    word = "ᵮ294543525234u7435535345345c235235234234234234k"
    read = as_first_read(f"Now, {word} o3!")
    assert len(read) == len(f"Now, {word} o3!") and tokens.tokenise(read)[2:-2] == [
        "ᵮ294543525234u74355353454234234k"
    ]
    assert as_first_read("Thank you") == "Thank you"
