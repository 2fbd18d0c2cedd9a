"""Emails about a sanction: what it is, why and until when, and the outcome of an appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.locale import day, say, until
from ...moderation.cases.sanctions import notified_as
from ...moderation.judging.reasons import title
from . import mail_to, quoted

if TYPE_CHECKING:
    from ...accounts.models import User
    from ...moderation.cases.models import Sanction, SanctionAppeal
    from ..mail import Mail


def sanctioned(user: User, site: str, sanction: Sanction) -> Mail:
    """What was decided about you on a site, why, and until when."""
    locale = user.locale
    last = until(sanction.until, locale) if sanction.until else ""
    lines = [say(f"emails.sanction.{notified_as(sanction)}", locale, site=site, day=last)]
    if sanction.reason:
        lines.append(say("emails.sanction.reason", locale, reason=title(sanction.reason, locale)))
    if sanction.message:
        lines.append(say("emails.statement.message", locale, message=sanction.message))
    if sanction.kind in ("suspend", "ban"):
        lines.append(say("emails.sanction.appeal", locale))
        lines.append(say("emails.notice.redress", locale))
    subject = say("emails.subject.sanction", locale, site=site)
    return mail_to(user, site, subject, lines, choice="decision")


def sanction_heard(user: User, site: str, appeal: SanctionAppeal) -> Mail:
    """The outcome of your appeal against a suspension or ban, with the moderator's answer."""
    locale = user.locale
    heard = day(appeal.decided_at or appeal.created_at, locale)
    if appeal.outcome == "overturned":
        lines = [say("account.appeal.overturned", locale, day=heard)]
    else:
        lines = [say("emails.sanction.upheld", locale, site=site)]
    if appeal.answer:
        lines.append(say("emails.appeal.answer", locale) + "\n" + quoted(appeal.answer))
    lines.append(say("emails.notice.redress", locale))
    subject = say("emails.subject.appeal", locale, site=site)
    return mail_to(user, site, subject, lines, choice="decision")
