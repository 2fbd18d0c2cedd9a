"""What the sentences of a text score alone: a threat stays one among calm sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import heads, sentences, tokens
from .labels import LABELS
from .network import logits_of_parts, probabilities
from .scorer import Passage

if TYPE_CHECKING:
    from .modelfile import Model
    from .network import Vectors


def worst(model: Model, vectors: Vectors, text: str, language: str) -> tuple[Passage, ...]:
    """The sentences that score highest, each for one label at least, read in the whole text's language;
    none where it is a single sentence."""
    places = sentences.alone(text)
    if head := model.heads.get(language):
        found = [
            Passage(begin, end, {heads.LABEL: head.probability(tokens.tokenise(text[begin:end]))})
            for begin, end in places
        ]
    else:
        found = _scored(model, vectors, text, places)
    kept = {
        max(range(len(found)), key=lambda at: found[at].values.get(label, 0.0))
        for label in (LABELS if found else ())
    }
    return tuple(found[at] for at in sorted(kept))


def _scored(
    model: Model, vectors: Vectors, text: str, places: list[sentences.Span]
) -> list[Passage]:
    """All sentences by the network; what has no words has no score."""
    read = [
        (begin, end, found)
        for begin, end in places
        if len(found := vectors.of_text(text[begin:end])[0])
    ]
    if not read:
        return []
    shapes = [tokens.shape(text[begin:end], len(found)) for begin, end, found in read]
    said = logits_of_parts(model, [found for _, _, found in read], shapes)
    return [
        Passage(begin, end, dict(zip(LABELS, probabilities(model, row), strict=True)))
        for (begin, end, _), row in zip(read, said, strict=True)
    ]
