"""A test email, which shows an operator whether emails arrive."""

from __future__ import annotations

from ..core.locale import say
from ..settings import settings
from .mail import Mail, Mailer, mailer


def send_test(to: str, *, locale: str | None = None, through: Mailer | None = None) -> None:
    """Send a test email through this mailer or the installed one. Returns once a mail server has
    accepted it. Raises `MailFailed`."""
    (through or mailer()).send(
        Mail(
            to=to,
            subject=say("start.mail_subject", locale),
            body=say("start.mail_body", locale, address=settings().public_url),
        )
    )
