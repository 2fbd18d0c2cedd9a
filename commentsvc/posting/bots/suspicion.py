"""Whether a script may have sent a comment, and what is then required. Members are never asked,
because they have confirmed an address; nor are programs with a key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...moderation.judging.spam.promoting import SPAM_RULES
from ...moderation.judging.verdict import Action
from .effort import is_of_a_form, needed, spend, spendable

if TYPE_CHECKING:
    from ...moderation.judging.verdict import Verdict
    from ..new import NewComment


@dataclass(frozen=True)
class Sender:
    """What a request reveals about its sender. `form`: the token of the form; `trap`: the content
    of a field that nobody sees; `boxed`: it comes from our own box, or claims to; `busy`: its
    network posts a lot."""

    form: str = ""
    trap: str = ""
    effort: str = ""
    boxed: bool = False
    busy: bool = False


@dataclass(frozen=True)
class Effort:
    """What was checked before the unit: the mark of the effort, if one was made."""

    bound: str
    mark: str | None

    def check_verdict(self, verdict: Verdict) -> None:
        """In the unit: a text that reads like spam needs an effort, and each effort counts once.
        Raises `EffortNeeded`."""
        if self.mark is not None:
            if not spend(self.mark):
                raise needed(self.bound)
            return
        if any(each.rule in SPAM_RULES and each.action > Action.PASS for each in verdict.findings):
            raise needed(self.bound)


def check_sender(new: NewComment) -> Effort | None:
    """None if the sender is never asked. Raises `EffortNeeded` if a script may have sent the
    comment and no effort was made for this very one. Does not query the database."""
    sender = new.sent_by
    if sender is None or (new.user is not None and not new.user.is_guest):
        return None
    bound = _bound(new)
    mark = spendable(sender.effort, bound) if sender.effort else None
    if mark is None and (sender.effort or _is_suspicious(sender, new.site.key)):
        raise needed(bound)
    return Effort(bound, mark)


def _is_suspicious(sender: Sender, site_key: str) -> bool:
    if sender.trap or sender.busy:
        return True
    if sender.form:
        return not is_of_a_form(sender.form, site_key)
    return sender.boxed


def _bound(new: NewComment) -> str:
    """The site, the conversation, the author and the text."""
    facts = (
        new.site.key,
        new.address,
        new.sender,
        hashlib.sha256(new.text.encode("utf-8", "surrogatepass")).hexdigest(),
    )
    return "\n".join(facts)
