"""Scores of single sentences: a threat among calm sentences stays a threat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import heads, sentences, tokens
from .labels import LABELS
from .network import logits, logits_of_parts, probabilities
from .scorer import Passage

if TYPE_CHECKING:
    from .heads import Head
    from .modelfile import Floats, Model
    from .network import Vectors


def read(
    model: Model, vectors: Vectors, text: str, found: Floats, language: str, *, apart: bool
) -> tuple[dict[str, float], tuple[Passage, ...]] | None:
    """A text's scores in a language, from the vectors of its tokens (`found`), and its highest-scoring
    sentences, each the worst for at least one label; None if the language is not scored. There are no
    sentences if the text is a single one, or if they are not to be read `apart`."""
    places = sentences.alone(text) if apart else []
    if places and language in model.network_languages:
        return _by_network(model, vectors, text, found, places)
    if (whole := values(model, text, found, language)) is None:
        return None
    return whole, _by_head(model.heads[language], text, places) if places else ()


def values(model: Model, text: str, found: Floats, language: str) -> dict[str, float] | None:
    """The scores of a text as a whole."""
    if language in model.network_languages:
        return _labeled(model, logits(model, found, tokens.shape(text, len(found))))
    if head := model.heads.get(language):
        return {heads.LABEL: head.of_text(text)}
    return None


def _by_network(
    model: Model, vectors: Vectors, text: str, found: Floats, places: list[sentences.Span]
) -> tuple[dict[str, float], tuple[Passage, ...]]:
    spaced, counts = vectors.of_parts(text[begin:end] for begin, end in places)
    # passages without words have no score
    known = [(*place, count) for place, count in zip(places, counts, strict=True) if count]
    said = logits_of_parts(
        model,
        np.concatenate((found, np.zeros((1, found.shape[1]), np.float32), spaced)),
        [len(found), *(count for *_, count in known)],
        [
            tokens.shape(text, len(found)),
            *(tokens.shape(text[begin:end], count) for begin, end, count in known),
        ],
    )
    whole, alone = said[0], said[1:]
    # a label's curve is monotonic
    worst = {*(alone * np.sign(model.curve[:, 0])).argmax(0).tolist()} if known else ()
    return _labeled(model, whole), tuple(
        Passage(begin, end, _labeled(model, alone[at]))
        for at in sorted(worst)
        for begin, end, _ in (known[at],)
    )


def _labeled(model: Model, said: Floats) -> dict[str, float]:
    return dict(zip(LABELS, probabilities(model, said), strict=True))


def _by_head(head: Head, text: str, places: list[sentences.Span]) -> tuple[Passage, ...]:
    said = [head.of_text(text[begin:end]) for begin, end in places]
    at = max(range(len(said)), key=said.__getitem__)
    return (Passage(*places[at], {heads.LABEL: said[at]}),)
