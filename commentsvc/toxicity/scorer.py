"""The protocol of scorers, the types of their answers, and how one is created from a setting."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

from ..core.parts import Part
from ..settings import WrongSettings
from .backends.variants import located

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Reason = Literal["language", "no_text", "model_missing", "model_broken", "slow", "failed"]


@dataclass(frozen=True)
class Passage:
    """One sentence of a text, by its half-open range of characters, and its own scores."""

    start: int
    end: int
    values: Mapping[str, float]


@dataclass(frozen=True)
class Rest:
    """A text's scores without the stretches that its writer does not mean, and why they are not
    meant. `places` are half-open ranges of characters."""

    values: Mapping[str, float]
    passages: tuple[Passage, ...]
    why: str
    places: tuple[tuple[int, int], ...]


class Foreign(NamedTuple):
    """A stretch of a text in another language than the rest, by its half-open range of characters."""

    start: int
    end: int
    language: str


@dataclass(frozen=True)
class Scores:
    """A model's scores of one text: label -> probability, and which model gave them.

    `passages` are the worst sentences, each the worst for at least one label, in the order of the
    text. There are none if the text is one sentence, or if the scorer reads no sentences.
    """

    values: Mapping[str, float]
    model: str
    language: str | None
    passages: tuple[Passage, ...] = ()
    doubted: bool = False
    """Whether the text may be in another language, in which it would score less."""
    rest: Rest | None = None
    """What those who judge have asked besides, where some of the text is not meant."""
    foreign: tuple[Foreign, ...] = ()
    """Stretches in other languages; what is bad in them is among the values and the passages."""

    def worst(self, label: str) -> Passage | None:
        """The sentence that scores highest for a label."""
        known = [each for each in self.passages if label in each.values]
        return max(known, key=lambda each: each.values[label], default=None)


@dataclass(frozen=True)
class Unscored:
    """Why a text has no scores. Never to be read as zero: a rule decides what follows."""

    reason: Reason
    model: str
    language: str | None


@dataclass(frozen=True)
class Weight:
    """How much one stretch of the original text carried a label's score.

    `start` and `end` are offsets in the given text, always between whole characters. `share` is how
    much of the score's logit is lost without the stretch, as a fraction of all such losses:
    positive raises the score, negative lowers it.
    """

    start: int
    end: int
    share: float
    label: str


@dataclass(frozen=True)
class ScorerStatus:
    """A scorer's state for the command line, the dashboard and the readiness check."""

    state: Literal["ok", "missing", "broken"]
    message: str
    name: str
    version: str
    load_ms: float | None = None
    speed: float | None = None
    """Milliseconds for one text, an average over what was scored so far; None before that."""
    scored: int = 0
    failures: int = 0
    languages: tuple[str, ...] | None = None
    """What it reads; None where that is known only text by text."""
    members: tuple[ScorerStatus, ...] = ()
    """The scorers of a chain, in the order in which they are asked."""

    @property
    def model(self) -> str:
        """The name that is stored beside scores."""
        return f"{self.name}/{self.version}"[:60]

    @property
    def models(self) -> tuple[str, ...]:
        """The same for each scorer of a chain."""
        return tuple(each.model for each in self.members) or (self.model,)

    @property
    def reads(self) -> frozenset[str]:
        """The languages that it is known to read."""
        return frozenset(code for each in self.members or (self,) for code in each.languages or ())

    @property
    def works(self) -> bool:
        """Whether anything can be scored."""
        return any(each.state == "ok" for each in self.members or (self,))


@runtime_checkable
class Scorer(Protocol):
    """What a backend offers. `score` and `explain` never raise over a text or a broken model."""

    name: str
    version: str
    in_request: bool

    @property
    def labels(self) -> tuple[str, ...]: ...

    def score(
        self, texts: Sequence[str], *, language: str | None = None
    ) -> list[Scores | Unscored]:
        """One answer per text, in order. `language` is a hint that replaces detection."""
        ...

    def explain(self, text: str, label: str) -> list[Weight]:
        """The stretches that carried the label, heaviest first; empty if unscored."""
        ...

    def status(self) -> ScorerStatus: ...


def _lazily(module: str) -> Callable[[str], Scorer]:
    """A maker that imports its backend on first use, so that torch is not loaded without need."""

    def make(argument: str) -> Scorer:
        made: Scorer = import_module(f"commentsvc.toxicity.backends.{module}").make(argument)
        return made

    return make


BACKENDS: dict[str, Callable[[str], Scorer]] = {
    "embedded": _lazily("embedded"),
    "detoxify": _lazily("detoxify"),
    "onnx": _lazily("onnx"),
    "remote": _lazily("remote"),
    "stub": _lazily("stub"),
}
"""Kind -> maker. A maker gets what follows the first colon of the setting, perhaps nothing."""


def make_scorer(spec: str) -> Scorer:
    """The scorer for a setting: `embedded`, `embedded:PATH`, `remote:URL`, ...; several, separated
    by commas, are a chain, asked in order.

    Raises ValueError if a backend's name is unknown, or its argument is missing. A backend that
    cannot work (no file, no server) is created all the same: it answers `Unscored`, and its status
    says what to do.
    """
    parts = [each.strip() for each in spec.split(",")]
    if twice := next((each for each in parts if parts.count(each) > 1 and each), None):
        raise ValueError(f"the scorer “{twice}” is named twice")
    made = [_made(each) for each in parts]
    if len(made) == 1:
        return made[0]
    from .backends.chain import ChainScorer

    return ChainScorer(made)


def _made(spec: str) -> Scorer:
    kind, _, argument = spec.partition(":")
    try:
        make = BACKENDS[kind.strip()]
    except KeyError:
        known = ", ".join(sorted(BACKENDS))
        what = f"no scorer is called “{kind}”" if spec else "an entry is empty"
        raise ValueError(f"{what}; choose from {known}") from None
    return make(argument.strip())


#: The app's scorer: `scorer()` inside a request or a job.
scorer: Part[Scorer] = Part("scorer")


def install(app: Any, settings: Any, value: Scorer | None = None) -> Scorer:
    """Fill the part with `value` or the configured scorer. Raises `WrongSettings`."""
    if value is None:
        try:
            value = make_scorer(located(settings.toxicity_backend, settings.data_dir))
        except ValueError as error:
            raise WrongSettings([f"TOXICITY_BACKEND: {error}."]) from error
    return scorer.install(app, value)
