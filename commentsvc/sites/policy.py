"""Policy: the frozen, typed settings of one site, with defaults that suit a small newspaper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

from ..accounts.vouching import keys
from ..core.addresses import allowed_origin, web_address
from ..core.errors import Invalid
from . import hours
from .badges import check as check_badges
from .knobs import Knob, knob, knob_of
from .ladder import NEWS, limits_at
from .look import sheets
from .look.accent import shades

Choice = Literal["hold", "flag", "publish"]
Links = Literal["allow", "hold"]
Spotted = Literal["hold", "flag", "off"]
Sort = Literal["top", "newest", "oldest"]
WordAction = Literal["hold", "reject"]
Insults = Literal["hold", "flag", "off"]
TokenRole = Literal["none", "trusted", "moderator"]
Outside = Literal["close", "hold", "slow"]
Index = Literal["page", "own", "none"]
Reactions = Literal["like", "dislike", "named"]
Cards = Literal["off", "basic", "comments"]
Typeface = Literal["mixed", "sans", "serif", "page"]
TextSize = Literal["small", "normal", "large"]
Corners = Literal["square", "soft", "round"]
Density = Literal["comfortable", "compact"]
Width = Literal["reading", "full"]
FormPlace = Literal["above", "below"]
SortPlace = Literal["heading", "list"]
ReactionsPlace = Literal["top", "heading", "end"]
Limits = Mapping[str, float]  # label -> probability; missing labels are not used

_DAY = 86400
MOST_REACTIONS = 6
#: The reactions that an owner can choose from, in the order they are offered.
NamedReaction = Literal["like", "love", "laugh", "wow", "sad", "angry", "celebrate", "insightful"]
NAMED_REACTIONS: tuple[NamedReaction, ...] = get_args(NamedReaction)


@dataclass(frozen=True)
class Policy:
    """Everything an owner may set for one site, in the order and groups of the form."""

    # Who may comment, and how much
    guests_may_post: bool = knob(True, group="writing")
    guests_may_like: bool = knob(True, group="writing")
    sign_up_open: bool = knob(True, group="writing")
    min_length: int = knob(1, group="writing", low=1, high=1000, unit="characters")
    max_length: int = knob(5000, group="writing", low=1, high=20_000, unit="characters")
    # between two comments of one author
    slow_seconds: int = knob(3, group="writing", low=0, high=3600, unit="seconds")
    edit_seconds: int = knob(900, group="writing", low=0, high=30 * _DAY, unit="seconds")

    # When comments are open (sites/hours.py); no hours: always
    open_hours: tuple[str, ...] = knob((), group="hours")
    hours_zone: str = knob("UTC", group="hours")
    outside_hours: Outside = knob("close", group="hours")
    # between two comments of one author outside the hours, if these only slow down
    outside_seconds: int = knob(60, group="hours", low=1, high=3600, unit="seconds")
    close_after_days: int = knob(0, group="hours", low=0, high=36500, unit="days")  # 0: never

    # What is held before publication
    premoderate_all: bool = knob(False, group="holding", judged=True)
    # hold an author's comments until this many were approved
    premoderate_first: int = knob(
        0, group="holding", low=0, high=1000, unit="comments", judged=True
    )
    nudge: bool = knob(True, group="holding")

    hold_at: Limits = knob(limits_at(NEWS)["hold_at"], group="scores", judged=True)
    flag_at: Limits = knob(limits_at(NEWS)["flag_at"], group="scores", judged=True)
    reject_at: Limits = knob({}, group="scores", judged=True)
    swearing: Choice = knob("flag", group="scores", judged=True)  # swearing that attacks nobody
    unscored_language: Choice = knob("publish", group="scores", judged=True)
    unscored: Choice = knob("hold", group="scores", judged=True)  # for any other reason

    banned_words: tuple[str, ...] = knob((), group="words")
    banned_words_action: WordAction = knob("reject", group="words", judged=True)
    suspect_words: tuple[str, ...] = knob((), group="words")
    # insults of the built-in lists: slurs in unscored comments are held, others flagged
    common_insults: Insults = knob("hold", group="words", judged=True)

    # What scorers do not look for; found by rules
    private_data: Spotted = knob("hold", group="finds", judged=True)
    own_contacts: tuple[str, ...] = knob((), group="finds")  # may be published anyway
    self_harm: Spotted = knob("hold", group="finds", judged=True)
    # shown to the author then; none: the best-known ones for the text's language
    help_lines: tuple[str, ...] = knob((), group="finds")
    self_harm_urged: Spotted = knob("hold", group="finds", judged=True)
    threats: Spotted = knob("hold", group="finds", judged=True)
    dehumanizing: Spotted = knob("hold", group="finds", judged=True)

    spam: Spotted = knob("hold", group="links", judged=True)
    # how much a text resembles an advertisement
    spam_at: float = knob(0.9, group="links", low=0.1, high=1, unit="share", judged=True)
    # the filter learns from what moderators reject as spam and approve
    spam_learning: bool = knob(True, group="links", judged=True)
    links: Links = knob("hold", group="links", judged=True)
    max_links: int = knob(2, group="links", low=0, high=100, judged=True)  # more are held
    # hosts with their subdomains: never counted, or never wanted
    allowed_hosts: tuple[str, ...] = knob((), group="links")
    denied_hosts: tuple[str, ...] = knob((), group="links")
    denied_hosts_action: WordAction = knob("hold", group="links", judged=True)
    # to a host that no approved comment links to, by an author without an approved link
    first_link: Spotted = knob("flag", group="links", judged=True)

    hold_repeats: bool = knob(True, group="behaviour", judged=True)
    # comments of one author in this many minutes; more are held
    flood_count: int = knob(10, group="behaviour", low=1, high=1000, unit="comments", judged=True)
    flood_minutes: int = knob(10, group="behaviour", low=1, high=1440, unit="minutes", judged=True)
    # rejected share of an author's last 7 days that holds the next
    history_share: float = knob(0.3, group="behaviour", low=0, high=1, unit="share", judged=True)
    history_minimum: int = knob(3, group="behaviour", low=1, high=100, unit="comments", judged=True)
    # share of capitals that calls a moderator; 0: off
    shouting_share: float = knob(0.8, group="behaviour", low=0, high=1, unit="share", judged=True)
    # weighted reader reports that hold a published comment; 0: never
    flags_to_hold: int = knob(5, group="behaviour", low=0, high=100)

    # Automatic trust, given and removed by the service (moderation/cases/earning.py); 0: off
    trust_after: int = knob(0, group="trust", low=0, high=1000)  # approved ones
    trust_days: int = knob(60, group="trust", low=1, high=730, unit="days")
    trust_lost_after: int = knob(1, group="trust", low=1, high=100)

    # When a conversation counts as heated, over its last `heat_minutes`; 0: not checked
    heat_minutes: int = knob(30, group="heat", low=5, high=240, unit="minutes")
    heat_comments: int = knob(100, group="heat", low=0, high=10_000, unit="comments")
    heat_toxicity: float = knob(0.4, group="heat", low=0, high=1, unit="share")  # mean of all
    heat_reports: int = knob(8, group="heat", low=0, high=1000)  # weighted reader reports
    # between two comments of one author there; 0: moderators are notified
    heat_slow_seconds: int = knob(0, group="heat", low=0, high=3600, unit="seconds")
    heat_slow_minutes: int = knob(30, group="heat", low=1, high=1440, unit="minutes")

    # What readers see
    default_sort: Sort = knob("top", group="reading")
    page_size: int = knob(20, group="reading", low=1, high=100, unit="comments")
    inline_replies: int = knob(3, group="reading", low=0, high=10)
    depth: int = knob(4, group="reading", low=1, high=10)
    likes: bool = knob(True, group="reading")
    reactions: Reactions = knob("like", group="reading")  # besides or instead of likes
    named_reactions: tuple[NamedReaction, ...] = knob(
        NAMED_REACTIONS[:MOST_REACTIONS], group="reading", high=MOST_REACTIONS, family="reaction"
    )
    page_reactions: bool = knob(False, group="reading")  # named ones, to the page itself
    index: Index = knob("page", group="reading")  # where search engines index comments
    profile_cards: Cards = knob("basic", group="reading")  # shown on a click on a name
    announcement: str = knob("", group="reading", long=True)
    rules_url: str = knob("", group="reading")
    locale: str = knob("", group="reading")  # "": the reader's language

    # How the box looks (sites/look/looks.py)
    accent: str = knob("", group="look")  # a CSS color; "": ours
    accent_dark: str = knob("", group="look")  # on dark pages; "": the same
    typeface: Typeface = knob("mixed", group="look")  # mixed: headings with serifs
    text_size: TextSize = knob("normal", group="look")
    corners: Corners = knob("soft", group="look")
    density: Density = knob("comfortable", group="look")
    avatars: bool = knob(True, group="look")
    width: Width = knob("reading", group="look")
    # where the parts around the comments are
    form_place: FormPlace = knob("above", group="look")
    sort_place: SortPlace = knob("list", group="look")
    reactions_place: ReactionsPlace = knob("top", group="look")
    own_css: str = knob("", group="look", long=True, most=sheets.MOST_BYTES)  # as typed

    # The site's own sign-in (accounts/vouching)
    token_role: TokenRole = knob("none", group="sign_in")  # the highest role that a token can give
    badges: tuple[str, ...] = knob((), group="sign_in")  # sites/badges.py
    picture_origins: tuple[str, ...] = knob((), group="sign_in")
    keys_url: str = knob("", group="sign_in")
    issuer: str = knob("", group="sign_in")
    client_id: str = knob("", group="sign_in")

    # Which addresses are the same article (threads/urls.py)
    keep_fragment: bool = knob(False, group="addresses")
    keep_amp: bool = knob(False, group="addresses")
    keep_params: tuple[str, ...] = knob((), group="addresses")
    ignore_params: tuple[str, ...] = knob((), group="addresses")
    aliases: tuple[tuple[str, str], ...] = knob((), group="addresses")

    # Moderators
    undo_seconds: int = knob(30, group="moderators", low=0, high=600, unit="seconds")
    blur_at: float = knob(0.95, group="moderators", low=0, high=1, unit="share")
    # published comments sampled for review each week
    audit_weekly: int = knob(20, group="moderators", low=0, high=1000, unit="comments")
    double_check_share: float = knob(0.0, group="moderators", low=0, high=1, unit="share")
    redress: str = knob("", group="moderators", long=True)  # ways to appeal beyond the button
    trusted_flaggers: tuple[str, ...] = knob((), group="moderators")  # email addresses
    second_factor: bool = knob(False, group="moderators")  # staff must have one

    @property
    def kinds(self) -> tuple[str, ...]:
        """The reactions that readers can give, in order; none if likes are off."""
        if not self.likes:
            return ()
        if self.reactions == "named":
            return self.named_reactions
        return ("like", "dislike") if self.reactions == "dislike" else ("like",)

    @property
    def page_kinds(self) -> tuple[str, ...]:
        """The reactions that readers can give to the page itself, in order; none if that is off."""
        return self.named_reactions if self.page_reactions else ()

    def with_changes(self, changes: Mapping[str, Any]) -> Policy:
        """The policy with some fields changed. Raises `Invalid` naming the field."""
        return from_dict({**asdict(self), **changes})


_HINTS = get_type_hints(Policy)
#: Every field of the policy by name, in the order of the form.
KNOBS: Mapping[str, Knob] = {each.name: knob_of(each, _HINTS[each.name]) for each in fields(Policy)}

#: Fields that decide who can sign in: changing them requires recent authentication.
SECURED = frozenset(
    ("token_role", "picture_origins", "keys_url", "issuer", "client_id", "second_factor")
)


#: Fields of earlier versions that had no effect: stored policies and programs may still have them.
_RETIRED = frozenset(("visibility",))


def from_dict(stored: Mapping[str, Any]) -> Policy:
    """A policy from stored or submitted fields; missing ones get their default, and retired ones
    are ignored.

    Raises `Invalid` for an unknown field, a wrong type, a value out of bounds, or a contradiction.
    """
    values: dict[str, Any] = {}
    for name, value in stored.items():
        if name in _RETIRED:
            continue
        if name not in KNOBS:
            raise Invalid("invalid.policy", field=name, name=name)
        values[name] = KNOBS[name].check(value)
    policy = Policy(**values)
    if policy.min_length > policy.max_length:
        raise Invalid("invalid.short_long", field="min_length")
    hours.check(policy.open_hours, policy.hours_zone)
    if not 1 <= len(policy.named_reactions) <= MOST_REACTIONS:
        raise Invalid("invalid.reactions", field="named_reactions", n=MOST_REACTIONS)
    if bool(policy.issuer) != bool(policy.client_id):
        raise Invalid("invalid.client_id", field="client_id")
    return policy


def to_dict(policy: Policy) -> dict[str, Any]:
    """Only the fields that differ from the defaults, so that better defaults reach every site."""
    default = asdict(Policy())
    return {name: value for name, value in asdict(policy).items() if value != default[name]}


def check_shown(name: str, value: Any) -> None:
    """Check a field whose errors nobody would notice; keys are fetched from their address. Raises
    `Invalid`."""
    if not value:
        return
    if name in ("accent", "accent_dark") and not shades(value):
        raise Invalid("invalid.color", field=name)
    if name == "own_css":
        sheets.check(value)
    if name == "rules_url" and not web_address(value):
        raise Invalid("invalid.address_incomplete", field=name)
    if name == "keys_url":
        keys.count_at(value)
    if name == "issuer":
        keys.count_of_issuer(value)
    if name == "badges":
        check_badges(value)
    for line in value if name == "picture_origins" else ():
        _check_origin(name, line)


def _check_origin(name: str, line: str) -> None:
    try:
        allowed_origin(line)
    except Invalid as error:
        raise Invalid(error.key, **{**error.values, "field": name}) from error
