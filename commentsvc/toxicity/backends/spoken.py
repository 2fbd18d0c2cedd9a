"""Language detection for scorers that have none, by the shipped model's detector."""

from __future__ import annotations

import logging
from functools import lru_cache

from .. import language
from ..modelfile import SHIPPED, Model, ModelBroken, ModelMissing, read
from ..vectors import Vectors

log = logging.getLogger(__name__)


def detect(text: str) -> str | None:
    """The text's language; None if it has no words, or if the shipped model cannot be read."""
    detector = _detector()
    if detector is None:
        return None
    model, vectors = detector
    found, evidence = vectors.of_text(text)
    return language.of_text(model, text, evidence, len(found)) if len(evidence) else None


@lru_cache(maxsize=1)
def _detector() -> tuple[Model, Vectors] | None:
    try:
        model = read(SHIPPED)
    except (ModelMissing, ModelBroken) as error:
        log.warning("languages cannot be detected", extra={"why": str(error)})
        return None
    return model, Vectors(model)
