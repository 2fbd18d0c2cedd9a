"""A test email, so that an operator sees whether emails arrive."""

from __future__ import annotations

from ..core.locale import say
from ..settings import settings
from .mail import Mail, Mailer, mailer


def send_test(to: str, *, locale: str | None = None, through: Mailer | None = None) -> None:
    """Send one to this address, through this mailer or the installed one. Returns once a mail server has
    taken it. Raises `MailFailed`."""
    (through or mailer()).send(
        Mail(
            to=to,
            subject=say("start.mail_subject", locale),
            body=say("start.mail_body", locale, address=settings().public_url),
        )
    )
