"""Scores of single sentences: a threat among calm sentences stays a threat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import heads, sentences, tokens
from .labels import LABELS
from .network import logits_of_parts, probabilities
from .scorer import Passage

if TYPE_CHECKING:
    from .modelfile import Model
    from .network import Vectors


def worst(model: Model, vectors: Vectors, text: str, language: str) -> tuple[Passage, ...]:
    """The highest-scoring sentences, each the worst for at least one label, read in the whole
    text's language; none if the text is a single sentence."""
    places = sentences.alone(text)
    if not places:
        return ()
    if head := model.heads.get(language):
        said = [head.of_text(text[begin:end]) for begin, end in places]
        at = max(range(len(said)), key=said.__getitem__)
        begin, end = places[at]
        return (Passage(begin, end, {heads.LABEL: said[at]}),)
    return _by_network(model, vectors, text, places)


def _by_network(
    model: Model, vectors: Vectors, text: str, places: list[sentences.Span]
) -> tuple[Passage, ...]:
    """The worst of these passages; those without words have no score."""
    spaced, counts = vectors.of_parts(text[begin:end] for begin, end in places)
    read = [(*place, count) for place, count in zip(places, counts, strict=True) if count]
    if not read:
        return ()
    shapes = [tokens.shape(text[begin:end], count) for begin, end, count in read]
    said = logits_of_parts(model, spaced, [count for *_, count in read], shapes)
    # a label's curve is monotonic
    worst = sorted({*(said * np.sign(model.curve[:, 0])).argmax(0).tolist()})
    return tuple(
        Passage(begin, end, dict(zip(LABELS, probabilities(model, said[at]), strict=True)))
        for at in worst
        for begin, end, _ in (read[at],)
    )
