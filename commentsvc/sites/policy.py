"""Policy: the frozen, typed settings of one site, with defaults that suit a small newspaper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from ..core.errors import Invalid
from ..toxicity.labels import LABELS

Unscored = Literal["hold", "flag", "publish"]
Links = Literal["allow", "hold"]
Sort = Literal["top", "newest", "oldest"]
WordAction = Literal["hold", "reject"]
Visibility = Literal["hold", "limited"]


@dataclass(frozen=True)
class Policy:
    """Everything an owner may set for one site. A field here is a field in the dashboard's form.

    `hold_at` and `flag_at` are probabilities per label; a label that is missing is not used.
    """

    # Who may write, and how much
    guests_may_post: bool = True
    guests_may_like: bool = True
    sign_up_open: bool = True
    min_length: int = 1
    max_length: int = 5000
    edit_seconds: int = 900
    close_after_days: int = 0  # 0: never
    slow_seconds: int = 3  # between two comments of one author

    # What is held before it is shown
    premoderate_all: bool = False
    premoderate_first: int = 0  # hold until so many of an author's comments were approved
    hold_at: Mapping[str, float] = field(
        default_factory=lambda: {
            "toxicity": 0.80,
            "severe_toxicity": 0.50,
            "obscene": 0.90,
            "threat": 0.50,
            "insult": 0.80,
            "identity_attack": 0.60,
        }
    )
    flag_at: Mapping[str, float] = field(default_factory=lambda: {"toxicity": 0.60})
    reject_at: Mapping[str, float] = field(default_factory=dict)
    unscored: Unscored = "hold"
    banned_words: tuple[str, ...] = ()
    banned_words_action: WordAction = "reject"
    suspect_words: tuple[str, ...] = ()
    links: Links = "hold"
    max_links: int = 2  # more than so many are held
    hold_repeats: bool = True
    flood_count: int = 10  # comments of one author …
    flood_minutes: int = 10  # … in so many minutes; more are held
    history_share: float = 0.3  # rejected share of an author's last 7 days that holds the next
    history_minimum: int = 3
    shouting_share: float = 0.8  # share of capitals that a moderator should see; 0: off
    flags_to_hold: int = 5  # weighted readers' flags that hold a published comment; 0: never
    visibility: Visibility = "hold"  # "limited": the author is told, see facebook.md A0.9

    # When one conversation becomes heated, over its last `heat_minutes`; 0: this is not looked at
    heat_minutes: int = 30
    heat_comments: int = 100
    heat_toxicity: float = 0.4  # mean of all comments
    heat_reports: int = 8  # of readers, weighed
    heat_slow_seconds: int = 0  # between two comments of one author there; 0: moderators are called
    heat_slow_minutes: int = 30  # after it was last heated

    # What readers see
    nudge: bool = True
    default_sort: Sort = "top"
    page_size: int = 20
    inline_replies: int = 3
    depth: int = 4
    likes: bool = True
    accent: str = ""  # a CSS colour, "" for ours
    locale: str = ""  # "": the reader's own
    rules_url: str = ""
    announcement: str = ""

    # Which addresses are one article (threads/urls.py)
    keep_fragment: bool = False
    keep_params: tuple[str, ...] = ()
    ignore_params: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()

    # Moderators
    undo_seconds: int = 30
    audit_weekly: int = 20  # published comments sampled for a human eye each week
    double_check_share: float = 0.0
    blur_at: float = 0.95
    redress: str = ""  # how to object, beyond the appeal button

    def with_changes(self, changes: Mapping[str, Any]) -> Policy:
        """A policy with some fields set anew. Raises `Invalid` naming the field."""
        return from_dict({**asdict(self), **changes})


BOUNDS: dict[str, tuple[float, float]] = {
    "min_length": (1, 1000),
    "max_length": (1, 20_000),
    "edit_seconds": (0, 30 * 86400),
    "close_after_days": (0, 36500),
    "slow_seconds": (0, 3600),
    "premoderate_first": (0, 1000),
    "max_links": (0, 100),
    "flood_count": (1, 1000),
    "flood_minutes": (1, 1440),
    "history_share": (0, 1),
    "history_minimum": (1, 100),
    "shouting_share": (0, 1),
    "flags_to_hold": (0, 100),
    "heat_minutes": (5, 240),
    "heat_comments": (0, 10_000),
    "heat_toxicity": (0, 1),
    "heat_reports": (0, 1000),
    "heat_slow_seconds": (0, 3600),
    "heat_slow_minutes": (1, 1440),
    "page_size": (1, 100),
    "inline_replies": (0, 10),
    "depth": (1, 10),
    "undo_seconds": (0, 600),
    "audit_weekly": (0, 1000),
    "double_check_share": (0, 1),
    "blur_at": (0, 1),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "unscored": get_args(Unscored),
    "links": get_args(Links),
    "default_sort": get_args(Sort),
    "banned_words_action": get_args(WordAction),
    "visibility": get_args(Visibility),
}
LIMITS = ("hold_at", "flag_at", "reject_at")
_MAX_WORDS = 20_000


def from_dict(stored: Mapping[str, Any]) -> Policy:
    """A policy from what is stored or sent; missing fields take their default.

    Raises `Invalid` for an unknown field, a wrong type or a value out of bounds.
    """
    known = {each.name: each for each in fields(Policy)}
    values: dict[str, Any] = {}
    for name, value in stored.items():
        if name not in known:
            raise Invalid(f"There is no policy called “{name}”.", field=name)
        values[name] = _checked(name, value)
    policy = Policy(**values)
    if policy.min_length > policy.max_length:
        raise Invalid("The shortest comment cannot be longer than the longest.", field="min_length")
    return policy


def to_dict(policy: Policy) -> dict[str, Any]:
    """Only what differs from the defaults, so that better defaults reach everybody."""
    default = asdict(Policy())
    return {name: value for name, value in asdict(policy).items() if value != default[name]}


def _checked(name: str, value: Any) -> Any:
    default = getattr(Policy(), name)
    if name in LIMITS:
        return _limits(name, value)
    if name == "aliases":
        return _pairs(name, value)
    if isinstance(default, tuple):
        return _words(name, value)
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise Invalid("This is either on or off.", field=name)
        return value
    if isinstance(default, int | float):
        return _number(name, value, whole=isinstance(default, int))
    if not isinstance(value, str) or len(value) > 2000 or "\x00" in value:
        raise Invalid("This must be a text of at most 2,000 characters.", field=name)
    if name in CHOICES and value not in CHOICES[name]:
        raise Invalid(f"Choose one of: {', '.join(CHOICES[name])}.", field=name)
    return value


def _number(name: str, value: Any, *, whole: bool) -> float:
    low, high = BOUNDS[name]
    fits = isinstance(value, int) if whole else isinstance(value, int | float)
    if isinstance(value, bool) or not fits or not low <= value <= high:
        raise Invalid(f"This must be a number from {low:g} to {high:g}.", field=name)
    return value


def _limits(name: str, value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise Invalid("This must be limits by label.", field=name)
    for label, limit in value.items():
        if label not in LABELS:
            raise Invalid(f"There is no label called “{label}”.", field=name)
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= 1:
            raise Invalid("A limit must be above 0 and at most 1.", field=name)
    return dict(value)


def _words(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > _MAX_WORDS:
        raise Invalid(f"This must be a list of at most {_MAX_WORDS:,} lines.", field=name)
    if not all(isinstance(each, str) and len(each) <= 300 for each in value):
        raise Invalid("Each line must be a text of at most 300 characters.", field=name)
    return tuple(value)


def _pairs(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list | tuple):
        raise Invalid("This must be a list of pairs: from, to.", field=name)
    pairs = [_words(name, pair) for pair in value]
    if any(len(pair) != 2 for pair in pairs):
        raise Invalid("This must be a list of pairs: from, to.", field=name)
    return tuple((pair[0], pair[1]) for pair in pairs)
