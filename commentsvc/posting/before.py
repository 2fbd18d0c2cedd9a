"""What readers can learn about a text before posting it: how it looks and whether it is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.db import release
from ..moderation.judging.facts import gather, read_text
from ..moderation.judging.finders.help_lines import address_of
from ..moderation.judging.reasons import sentences_before
from ..moderation.judging.rules import RULES, SPOTTED, judge
from ..moderation.judging.spam.promoting import SPAM_RULES
from ..moderation.judging.verdict import Action
from ..sites.queries import require, role_of
from ..threads import text as texts
from ..threads.commands import comment_by_public_id
from ..threads.rules import policy_at
from ..threads.text.spoken import dir_of, directed, sided
from ..toxicity.labels import LABELS
from .scoring import score

if TYPE_CHECKING:
    from ..accounts.models import User
    from ..moderation.judging.verdict import Finding, Submission, Verdict
    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..threads.models import Comment


@dataclass(frozen=True)
class Nudge:
    """What readers are shown before posting: whether to ask them to reconsider, and what may be a
    problem, in words. `lines` are help lines for people who may need them, each with its address if
    it has one."""

    ask: bool
    sentences: list[str]
    would_hold: bool
    lines: list[tuple[str, str | None]]


def nudge(
    site: Site,
    text: str,
    *,
    user: User | None,
    locale: str | None = None,
    href: str | None = None,
    tags: tuple[str, ...] = (),
    edits: str | None = None,
) -> Nudge:
    """What would happen to this text on the article at `href`, whose page has these tags: as a new
    comment, or as the new text of the person's own comment `edits` (a public id; other people's are
    ignored). Nothing is stored, and no scores are returned: they invite gaming."""
    policy = policy_at(site, href, tags)
    clean = texts.clean(text, min_length=1, max_length=policy.max_length)
    require(user, "post", site)
    edited = comment_by_public_id(edits) if edits else None
    if edited and not (user and edited.author_id == user.id and edited.site_id == site.id):
        edited = None
    verdict = _judged(site, policy, clean, user, locale, edited)[1]
    found = [each for each in verdict.findings if _is_asked_about(each)]
    if not policy.nudge or not found or role_of(user, site) in ("moderator", "owner"):
        return Nudge(False, [], verdict.holds, [])
    lines = [
        (line, address_of(line))
        for each in found
        if each.rule == "self_harm"
        for line in each.evidence["lines"]
    ]
    return Nudge(True, sentences_before(found, locale), verdict.holds, lines)


def _is_asked_about(finding: Finding) -> bool:
    """Whether the text is held for this and the author can change that. Help is always shown."""
    holds = finding.action >= Action.HOLD
    return finding.rule in NUDGED and (holds or finding.rule == "self_harm")


#: Findings that the author can do something about; authors see the others after posting.
NUDGED = frozenset(
    (
        *(*LABELS, *SPOTTED),
        *("swearing", "sentence", "banned_words", "suspect_words", "common_insult"),
        *(SPAM_RULES - {"first_link"}),
        *("repeat", "shouting"),
    )
)


def tried(site: Site, policy: Policy, text: str) -> tuple[Submission, Verdict]:
    """What would happen to this text from somebody who has not written here before, under this
    policy (saved or not): its facts and the verdict on them. Raises `Invalid` for a text that would
    be refused."""
    clean = texts.clean(text, min_length=policy.min_length, max_length=policy.max_length)
    return _judged(site, policy, clean, None)


def _judged(
    site: Site,
    policy: Policy,
    clean: str,
    user: User | None,
    locale: str | None = None,
    edited: Comment | None = None,
) -> tuple[Submission, Verdict]:
    read = read_text(site.id, policy, clean)
    release()
    scores = score(read.plain, likely=(policy.locale, locale))
    submission = gather(
        site=site,
        policy=policy,
        thread=None,
        author=user,
        read=read,
        scores=scores,
        is_edit=edited is not None,
        comment=edited,
    )
    return submission, judge(RULES, submission)


def preview(site: Site, text: str, *, href: str | None = None, tags: tuple[str, ...] = ()) -> str:
    """The HTML that would be shown, with the direction of each paragraph, list and quotation. Raises
    `Invalid` for a text that would be refused."""
    policy = policy_at(site, href, tags)
    clean = texts.clean(text, min_length=1, max_length=policy.max_length)
    return sided(directed(texts.html(clean)), dir_of(clean))
