"""A scorer with a table of words and scores, for tests only; its status says so in production."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..labels import LABELS
from ..scorer import ScorerStatus, Scores, Unscored, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

log = logging.getLogger(__name__)


class StubScorer:
    """Texts that contain a word of the table get its scores, all others 0.01. `broken` makes it
    answer `Unscored` with that reason; "??" in a text makes its language unknown."""

    name, version, labels, in_request = "stub", "1", LABELS, True

    def __init__(self, table: Mapping[str, Mapping[str, float]] | None = None) -> None:
        self.table = dict(table or {})
        self.broken: str | None = None
        self.calls = 0

    def score(
        self, texts: Sequence[str], *, language: str | None = None
    ) -> list[Scores | Unscored]:
        self.calls += 1
        return [self._one(text, language or "en") for text in texts]

    def _one(self, text: str, language: str) -> Scores | Unscored:
        if self.broken:
            return Unscored(self.broken, f"{self.name}/{self.version}", language)  # type: ignore[arg-type]
        if "??" in text:
            return Unscored("language", f"{self.name}/{self.version}", None)
        values = dict.fromkeys(LABELS, 0.01)
        for word, scores in self.table.items():
            if word in text.lower():
                values.update(scores)
        return Scores(values, f"{self.name}/{self.version}", language)

    def explain(self, text: str, label: str) -> list[Weight]:
        found = []
        for word, scores in self.table.items():
            at = text.lower().find(word)
            if at >= 0 and label in scores:
                found.append(Weight(at, at + len(word), 1.0, label))
        return found

    def status(self) -> ScorerStatus:
        return ScorerStatus(
            "broken" if self.broken else "ok",
            self.broken or "a stub, for tests only",
            self.name,
            self.version,
        )


def make(_argument: str) -> StubScorer:
    """A stub that scores everything as harmless; it logs a warning that it is no real scorer."""
    log.warning("the stub scorer is in use: nothing is really scored")
    return StubScorer()
