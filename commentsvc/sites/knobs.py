"""A knob: one setting of a site, declared once, with everything its check and its form need.

`max_links: int = knob(2, group="behaviour", low=0, high=100, judged=True)` in `Policy`
is the whole declaration; the bounds, form and stored facts are derived from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field
from typing import Any, Literal, get_args, get_origin

from ..core.errors import Invalid
from ..core.locale import named
from ..toxicity.labels import LABELS

Kind = Literal["check", "number", "choice", "several", "lines", "pairs", "limits", "text"]

MOST_LINES = 20_000
MOST_LINE = 300
MOST_TEXT = 2_000


@dataclass(frozen=True)
class Knob:
    """The metadata of one field of the policy.

    `judged`: rules use it, so its value is stored with each judged text. `long`: a text of several
    lines. `unit`: the unit after a number in the form. `most`: the maximum length of a text.
    `family`: the family of its options' names, if that is not its own name.
    """

    name: str
    kind: Kind
    default: Any
    group: str
    low: float = 0
    high: float = 0
    unit: str | None = None
    options: tuple[str, ...] = ()
    judged: bool = False
    long: bool = False
    most: int = MOST_TEXT
    family: str = ""

    @property
    def whole(self) -> bool:
        """Whether its number is an integer."""
        return isinstance(self.default, int)

    def check(self, value: Any) -> Any:
        """The value as the policy stores it. Raises `Invalid` naming this field."""
        return _CHECKS[self.kind](self, value)


def knob(
    default: Any,
    *,
    group: str,
    low: float = 0,
    high: float = 0,
    unit: str | None = None,
    judged: bool = False,
    long: bool = False,
    most: int = MOST_TEXT,
    family: str = "",
) -> Any:
    """A dataclass field with its knob as metadata. Default and annotation determine its kind."""
    facts = {"group": group, "low": low, "high": high, "unit": unit, "judged": judged}
    facts |= {"long": long, "most": most, "family": family}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=facts)
    return field(default=default, metadata=facts)


def knob_of(declared: Field[Any], annotation: Any) -> Knob:
    """The knob of a dataclass field; its resolved annotation determines the kind."""
    default = (
        declared.default_factory() if declared.default_factory is not MISSING else declared.default
    )
    options: tuple[str, ...] = ()
    kind: Kind = "text"
    first = next(iter(get_args(annotation)), None)
    if get_origin(annotation) is Literal:
        kind, options = "choice", annotation.__args__
    elif get_origin(first) is Literal:
        kind, options = "several", get_args(first)
    elif isinstance(default, bool):
        kind = "check"
    elif isinstance(default, int | float):
        kind = "number"
    elif isinstance(default, dict):
        kind = "limits"
    elif isinstance(default, tuple):
        kind = "lines" if annotation == tuple[str, ...] else "pairs"
    return Knob(declared.name, kind, default, options=options, **declared.metadata)


def _check(knob: Knob, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("invalid.on_off", field=knob.name)
    return value


def _number(knob: Knob, value: Any) -> Any:
    fits = isinstance(value, int) if knob.whole else isinstance(value, int | float)
    if isinstance(value, bool) or not fits or not knob.low <= value <= knob.high:
        raise Invalid("invalid.number_between", field=knob.name, least=knob.low, most=knob.high)
    return value


def _text(knob: Knob, value: Any) -> str:
    if not isinstance(value, str) or len(value) > knob.most or "\x00" in value:
        raise Invalid("invalid.text_most", field=knob.name, n=knob.most)
    return value


def _choice(knob: Knob, value: Any) -> str:
    if value not in knob.options:
        choices = named(knob.family or knob.name, knob.options)
        raise Invalid("invalid.choose", field=knob.name, names=choices)
    return str(value)


def _several(knob: Knob, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(set(map(str, value))) != len(value):
        raise Invalid("invalid.list_most", field=knob.name, n=len(knob.options))
    return tuple(_choice(knob, each) for each in value)


def _lines(knob: Knob, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_LINES:
        raise Invalid("invalid.list_most", field=knob.name, n=MOST_LINES)
    if not all(isinstance(each, str) and len(each) <= MOST_LINE for each in value):
        raise Invalid("invalid.line_most", field=knob.name, n=MOST_LINE)
    return tuple(value)


def _pairs(knob: Knob, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list | tuple):
        raise Invalid("invalid.pairs", field=knob.name)
    pairs = [_lines(knob, pair) for pair in value]
    if any(len(pair) != 2 for pair in pairs):
        raise Invalid("invalid.pairs", field=knob.name)
    return tuple((pair[0], pair[1]) for pair in pairs)


def _limits(knob: Knob, value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise Invalid("invalid.limits", field=knob.name)
    for label, limit in value.items():
        if label not in LABELS:
            raise Invalid("invalid.label", field=knob.name, name=str(label))
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= 1:
            raise Invalid("invalid.limit_range", field=knob.name)
    return dict(value)


_CHECKS = {
    "check": _check,
    "number": _number,
    "choice": _choice,
    "several": _several,
    "lines": _lines,
    "pairs": _pairs,
    "limits": _limits,
    "text": _text,
}
