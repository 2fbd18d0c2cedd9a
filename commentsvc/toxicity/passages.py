"""Scores of single sentences: a threat among calm sentences stays a threat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import heads, tokens
from .labels import LABELS
from .network import logits, logits_of_parts, probabilities
from .scorer import Passage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .heads import Head
    from .modelfile import Floats, Model
    from .sentences import Span
    from .vectors import Laid


def read(
    model: Model, text: str, laid: Laid, places: Sequence[Span], language: str
) -> tuple[dict[str, float], tuple[Passage, ...]] | None:
    """A text's scores in a language, and its highest-scoring sentences, each the worst for at least
    one label; None if the language is not scored. `laid` are the tokens of the text and of those of
    its sentences (`places`) that are read separately."""
    if places and language in model.network_languages:
        return _by_network(model, text, laid, places)
    if (whole := values(model, text, laid, language)) is None:
        return None
    return whole, _by_head(model.heads[language], text, places) if places else ()


def values(model: Model, text: str, laid: Laid, language: str) -> dict[str, float] | None:
    """The scores of a text as a whole."""
    if language in model.network_languages:
        return _labeled(model, logits(model, laid.whole, tokens.shape(text, laid.size)))
    if head := model.heads.get(language):
        return {heads.LABEL: head.of_text(text)}
    return None


def _by_network(
    model: Model, text: str, laid: Laid, places: Sequence[Span]
) -> tuple[dict[str, float], tuple[Passage, ...]]:
    # passages without words have no score
    known = [
        (*place, span)
        for place, span in zip(places, laid.ranges[1:], strict=True)
        if span[0] < span[1]
    ]
    said = logits_of_parts(
        model,
        laid.vectors,
        laid.order,
        [laid.ranges[0], *(span for *_, span in known)],
        [
            tokens.shape(text, laid.size),
            *(tokens.shape(text[begin:end], last - first) for begin, end, (first, last) in known),
        ],
    )
    whole, alone = said[0], said[1:]
    # a label's curve is monotonic; of sentences that say the same, the first counts
    told = (alone * np.sign(model.curve[:, 0])).round(4)
    worst = {*told.argmax(0).tolist()} if known else ()
    return _labeled(model, whole), tuple(
        Passage(begin, end, _labeled(model, alone[at]))
        for at in sorted(worst)
        for begin, end, _ in (known[at],)
    )


def _labeled(model: Model, said: Floats) -> dict[str, float]:
    return dict(zip(LABELS, probabilities(model, said), strict=True))


def _by_head(head: Head, text: str, places: Sequence[Span]) -> tuple[Passage, ...]:
    said = [head.of_text(text[begin:end]) for begin, end in places]
    at = max(range(len(said)), key=said.__getitem__)
    return (Passage(*places[at], {heads.LABEL: said[at]}),)
