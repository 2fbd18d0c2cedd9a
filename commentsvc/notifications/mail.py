"""Sending email: the Mailer protocol, and its console, memory and SMTP implementations."""

from __future__ import annotations

import logging
import re
import smtplib
import ssl
import sys
from collections import deque
from dataclasses import dataclass
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from ..core.files import made_closed
from ..core.parts import Part
from ..core.shown import one_line, without_controls
from ..core.typed import decimal
from .look.html import html_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..settings import Settings

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20
_MOST_SUBJECT = 150


class MailFailed(Exception):
    """The email was not sent. `again`: a retry may help. `refused`: the server refused the address
    for good."""

    def __init__(self, detail: str, *, again: bool = True, refused: bool = False) -> None:
        super().__init__(detail)
        self.again, self.refused = again, refused


@dataclass(frozen=True)
class Mail:
    """One email, ready to send. `sender_name` is shown next to the installation's address. `stop`
    is the address that turns off emails like it; without one, it is about the person's own account.
    Emails with the same `about` (letters and digits) belong together. With a `locale` it also has
    an HTML part, in the site's `accent`. `languages`: quotations as they are in the body (lines
    that begin with >), and the detected language of each."""

    to: str
    subject: str
    body: str
    sender_name: str = ""
    stop: str = ""
    about: str = ""
    locale: str = ""
    accent: str = ""
    languages: tuple[tuple[str, str], ...] = ()


class Mailer(Protocol):
    """Sends emails. Raises `MailFailed`; returns once the email has been handed over.

    `reaches_people`: emails reach their recipients, not just the operator.
    """

    reaches_people: bool

    def send(self, mail: Mail) -> None: ...


mailer: Part[Mailer] = Part("mailer")


def install(app: Any, settings: Settings, value: Mailer | None = None) -> None:
    """Fill the app's slot with `value`, or with the mailer of MAIL_URL."""
    mailer.install(app, value if value is not None else make_mailer(settings))


def make_mailer(settings: Settings) -> Mailer:
    """The mailer of MAIL_URL: `console:`, `memory:`, `smtp://user:password@host:587` or `smtps://…`.

    Raises ValueError for another scheme.
    """
    kind = settings.mail_url.partition(":")[0]
    if kind not in MAILERS:
        raise ValueError(f"MAIL_URL: “{kind}” is not one of {', '.join(MAILERS)}")
    return MAILERS[kind](settings)


class _Whole(UnstructuredHeader):
    """A header exactly as we wrote it. The library would split a long address into encoded words,
    which no program can read, and fold a long name without its quotes, so that its commas separate
    mailboxes."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Any) -> str:
        lines = str(self).replace("?= =?", f"?={policy.linesep} =?")
        return f"{self.name}: {lines}{policy.linesep}"  # type: ignore[attr-defined]


_HEADERS = HeaderRegistry()
for _name in ("from", "to", "list-unsubscribe", "message-id", "in-reply-to", "references"):
    _HEADERS.map_to_type(_name, _Whole)  # type: ignore[arg-type]
_POLICY = SMTP.clone(header_factory=_HEADERS)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]{1,60}")


def _mailbox(name: str, address: str) -> str:
    """A mailbox with a name: unchanged if it has no special characters, else encoded."""
    if not name:
        return address
    if not _PLAIN_NAME.fullmatch(name) or "=?" in name:
        name = " ".join(Header(name, "utf-8", maxlinelen=70).encode(linesep="\n").split())
    return f"{name} <{address}>"


def compose(mail: Mail, sender: str) -> EmailMessage:
    """The message as it is sent. No value can inject a header: line breaks and control characters
    are removed, and the recipient must be a single address. Raises `MailFailed`."""
    message = EmailMessage(policy=_POLICY)
    try:
        name = one_line(mail.sender_name)[:_MOST_SUBJECT]
        message["From"] = _mailbox(name, Address(addr_spec=sender).addr_spec)
        message["To"] = _one_address(mail.to)
    except (ValueError, IndexError, MessageError) as error:
        raise MailFailed("This is not a single email address.", again=False) from error
    message["Subject"] = one_line(mail.subject)[:_MOST_SUBJECT]
    message["Date"] = formatdate()
    domain = sender.rpartition("@")[2]
    message["Message-ID"] = make_msgid(domain=domain)
    if mail.about:  # RFC 5322, 3.6.4: mail programs group emails about one thing
        message["In-Reply-To"] = message["References"] = f"<{mail.about}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message["X-Auto-Response-Suppress"] = "All"
    if mail.stop:
        message["List-Unsubscribe"] = f"<{mail.stop}>"  # RFC 2369
        if mail.stop.startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(without_controls(mail.body), cte="quoted-printable")
    if mail.locale:
        page = without_controls(html_of(mail))
        message.add_alternative(page, subtype="html", cte="quoted-printable")
    return message


def _one_address(address: str) -> str:
    """The address with its host in ASCII. The part before the @ may contain other scripts (RFC
    6531). Raises `ValueError`."""
    name, at, host = address.rpartition("@")
    if not at or any(c in '<>,;:"()[]\\ ' or not c.isprintable() for c in address):
        raise ValueError("not one address")
    host = host.encode("idna").decode("ascii")
    # the library can only check ASCII
    in_ascii = "".join(c if c.isascii() else "x" for c in name)
    Address(addr_spec=f"{in_ascii}@{host}")
    return f"{name}@{host}"


EMAILS = "emails.txt"  # in DATA_DIR


class FileMailer:
    """Writes emails to a file of our own instead of the log: an email may contain the link to an
    account, and logs have many readers."""

    def __init__(self, sender: str, file: Path, *, reaches_people: bool = False) -> None:
        self.sender = sender
        self.file = file
        self.reaches_people = reaches_people

    def send(self, mail: Mail) -> None:
        message = compose(mail, self.sender)
        try:
            self._keep(f"{message['Date']}\n{_as_text(message, mail)}")
        except OSError as error:
            raise MailFailed(f"{self.file.name} cannot be written.") from error
        log.warning("an email was written to a file", extra={"file": str(self.file)})

    def _keep(self, text: str) -> None:
        if self.file.exists() and self.file.stat().st_size > _MOST_KEPT:
            self.file.replace(self.file.with_suffix(".old.txt"))
        made_closed(str(self.file))
        with self.file.open("a", encoding="utf-8") as file:
            file.write(text)


class ConsoleMailer(FileMailer):
    """Prints emails to the terminal. Without one, the error stream is a log, so they go to the
    file."""

    def send(self, mail: Mail) -> None:
        if not sys.stderr.isatty():
            super().send(mail)
            return
        text = _as_text(compose(mail, self.sender), mail)
        print(text, end="", file=sys.stderr, flush=True)


def _as_text(message: EmailMessage, mail: Mail) -> str:
    body = without_controls(mail.body)
    return f"--- an email to {message['To']}\n{message['Subject']}\n\n{body}\n---\n"


_MOST_KEPT = 1024 * 1024  # bytes of emails; then one older file is kept


class MemoryMailer:
    """Keeps the last emails in `sent`: for tests, and for emails from the demo's past."""

    def __init__(self, sender: str = "comments@localhost", *, reaches_people: bool = False) -> None:
        self.sender = sender
        self.reaches_people = reaches_people
        self.sent: deque[Mail] = deque(maxlen=1000)

    def send(self, mail: Mail) -> None:
        compose(mail, self.sender)
        self.sent.append(mail)


class SmtpMailer:
    """Hands emails to an SMTP server, over TLS whenever there is a password.

    `smtps://` uses TLS from the first byte, `smtp://` uses STARTTLS; without a password, a server
    that does not offer it is used without TLS. The certificate of a relay on the same machine is
    not checked if no password is sent to it.
    """

    reaches_people = True

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if not parts.hostname:
            raise ValueError("MAIL_URL: add a host, as in smtp://user:password@host:587.")
        self.sender = sender
        self.host = parts.hostname
        self.direct_tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.direct_tls else 587)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.timeout = decimal(parse_qs(parts.query).get("timeout", [str(TIMEOUT_SECONDS)])[0])

    def send(self, mail: Mail) -> None:
        message = compose(mail, self.sender)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            final = min(codes, default=0) >= 500
            raise MailFailed("The address was refused.", again=not final, refused=final) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailFailed(
                "The mail server accepts only ASCII addresses (it lacks SMTPUTF8).", again=False
            ) from error
        except smtplib.SMTPResponseException as error:
            raise MailFailed(f"The mail server answered {error.smtp_code}.") from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise MailFailed(f"The mail server cannot be used: {type(error).__name__}.") from error

    def _connected(self) -> smtplib.SMTP:
        tls = ssl.create_default_context()
        if not self.password and _is_this_machine(self.host):
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        if self.direct_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=tls
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=tls)
                server.ehlo()
            elif self.password:
                server.close()
                raise MailFailed("The mail server offers no TLS, so the password was not sent.")
        if self.password:
            server.login(self.user, self.password)
        return server

    def greet(self) -> None:
        """Connect, sign in and disconnect. Raises `MailFailed` with the server's response."""
        try:
            with self._connected() as server:
                server.noop()
        except smtplib.SMTPResponseException as error:
            raise MailFailed(f"it answered {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise MailFailed(one_line(str(error)) or type(error).__name__) from error


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


MAILERS: dict[str, Callable[[Settings], Mailer]] = {
    "console": lambda settings: ConsoleMailer(settings.mail_from, settings.data_dir / EMAILS),
    "memory": lambda settings: MemoryMailer(settings.mail_from),
    "smtp": lambda settings: SmtpMailer(settings.mail_url, settings.mail_from),
    "smtps": lambda settings: SmtpMailer(settings.mail_url, settings.mail_from),
}
