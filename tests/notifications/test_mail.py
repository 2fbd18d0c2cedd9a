"""Mailers: what is sent is one plain email to one address, whatever the words in it are."""

from __future__ import annotations

import socketserver
import stat
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.notifications.mail import (
    ConsoleMailer,
    Mail,
    MailFailed,
    MemoryMailer,
    SmtpMailer,
    _is_this_machine,
    compose,
    make_mailer,
)
from commentsvc.settings import Settings
from tests.answering import answering
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SENDER = "comments@example.org"
HELLO = Mail("rita@example.org", "Hello", "A body.\n", sender_name="The Post")


class _Server(socketserver.BaseRequestHandler):
    """Just enough of RFC 5321 to take an email, or to refuse it as the test says."""

    answers: ClassVar[dict[str, str]] = {}
    emails: ClassVar[list[bytes]] = []
    said: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.request.sendall(b"220 ready\r\n")
        file = self.request.makefile("rb")
        while line := file.readline():
            command = line.decode().strip()
            self.said.append(command)
            verb = command.split(" ")[0].split(":")[0].upper()
            if verb == "DATA" and "DATA" not in self.answers:
                self.request.sendall(b"354 go on\r\n")
                body = b""
                while (part := file.readline()) not in (b".\r\n", b""):
                    body += part
                self.emails.append(body)
                self.request.sendall(b"250 taken\r\n")
                continue
            answer = self.answers.get(verb, "221 bye" if verb == "QUIT" else "250 fine")
            self.request.sendall(f"{answer}\r\n".encode())
            if verb == "QUIT":
                return


@pytest.fixture
def server() -> Iterator[type[_Server]]:
    handler = type("Handler", (_Server,), {"answers": {}, "emails": [], "said": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as tcp:
        tcp.daemon_threads = True
        handler.port = tcp.server_address[1]  # type: ignore[attr-defined]
        with answering(tcp):
            yield handler


def smtp(server: type, *, user: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{user}127.0.0.1:{server.port}?timeout=5", SENDER)  # type: ignore[attr-defined]


def test_it_works(server: type[_Server]) -> None:
    smtp(server).send(replace(HELLO, subject="Ferry läte", body="Grüße\n"))
    taken = message_from_bytes(server.emails[0], policy=default)
    assert taken["To"] == "rita@example.org"
    assert taken["From"] == "The Post <comments@example.org>"
    assert taken["Subject"] == "Ferry läte"
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken.get_content_type() == "text/plain"
    assert taken.get_content().splitlines() == ["Grüße"]


def test_a_password_is_never_sent_without_tls(server: type[_Server]) -> None:
    with pytest.raises(MailFailed) as failed:
        smtp(server, user="me:secret@").send(HELLO)
    assert failed.value.again and server.emails == []
    assert not any("AUTH" in each for each in server.said)


@pytest.mark.parametrize(
    ("verb", "answer", "again"),
    [
        ("RCPT", "550 no such person", False),
        ("RCPT", "450 come back later", True),
        ("MAIL", "451 not now", True),
        ("DATA", "554 no", True),
    ],
)
def test_a_refusal_says_whether_to_try_again(
    server: type[_Server], verb: str, answer: str, again: bool
) -> None:
    server.answers[verb] = answer
    with pytest.raises(MailFailed) as failed:
        smtp(server).send(HELLO)
    assert failed.value.again is again
    assert failed.value.refused is not again  # the address, for good


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(MailFailed) as failed:
        SmtpMailer("smtp://127.0.0.1:1?timeout=1", SENDER).send(HELLO)
    assert failed.value.again


@every_row(
    "address",
    [
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "Rita <a@example.org>",
        "a@example.org;b@example.org",
        "nobody",
        "",
        "@",
        "a@" + "x" * 80 + ".org",
    ],
)
def test_an_address_is_one_address(address: str) -> None:
    with pytest.raises(MailFailed) as failed:
        compose(replace(HELLO, to=address), SENDER)
    assert not failed.value.again


@given(subject=st.text(max_size=200), name=st.text(max_size=80), body=st.text(max_size=200))
def test_no_words_start_a_header(subject: str, name: str, body: str) -> None:
    sent = compose(Mail("rita@example.org", subject, body, sender_name=name), SENDER)
    read = message_from_bytes(sent.as_bytes(), policy=default)
    assert set(read.keys()) == set(compose(HELLO, SENDER).keys())
    assert (
        read["To"].addresses[0].addr_spec == "rita@example.org" and len(read["To"].addresses) == 1
    )
    assert [each.addr_spec for each in read["From"].addresses] == [SENDER]
    assert not read.is_multipart()


@pytest.mark.parametrize(
    "trick", ["x\r\nBcc: evil@example.net", "x\nBcc: e@e.net", "x\x00\x0bBcc: e"]
)
def test_line_breaks_in_a_subject_are_spaces(trick: str) -> None:
    read = message_from_bytes(
        compose(replace(HELLO, subject=trick, sender_name=trick), SENDER).as_bytes(),
        policy=default,
    )
    assert "Bcc" not in read and "Bcc:" in read["Subject"]


def test_a_host_of_another_script() -> None:
    assert compose(replace(HELLO, to="rita@münchen.example"), SENDER)["To"] == (
        "rita@xn--mnchen-3ya.example"
    )


def test_without_a_terminal_emails_are_kept_out_of_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "emails.txt"
    secret = replace(HELLO, body="https://h/account/reset?token=SECRET and the code 1234 5678")
    console = ConsoleMailer(SENDER, file)
    console.send(secret)
    said = capsys.readouterr()
    assert said.out == "" and not any(
        each in said.err + caplog.text for each in ("SECRET", "1234", secret.to, secret.subject)
    )
    assert "token=SECRET" in file.read_text() and stat.S_IMODE(file.stat().st_mode) == 0o600
    for _ in range(3):  # it does not grow for ever
        console.send(replace(HELLO, body="x" * 1_100_000))
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 2 and all(each.stat().st_size < 3_000_000 for each in kept)
    assert {oct(stat.S_IMODE(each.stat().st_mode)) for each in kept} == {"0o600"}
    with pytest.raises(MailFailed):
        ConsoleMailer(SENDER, tmp_path / "no" / "emails.txt").send(HELLO)


def test_a_terminal_shows_emails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    ConsoleMailer(SENDER, tmp_path / "emails.txt").send(HELLO)
    assert "A body." in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_the_address_names_the_mailer() -> None:
    made = {
        url: type(make_mailer(Settings(mail_url=url, mail_from=SENDER)))
        for url in ("console:", "memory:", "smtp://h:25", "smtps://u:p%40x@h")
    }
    assert list(made.values()) == [ConsoleMailer, MemoryMailer, SmtpMailer, SmtpMailer]
    assert SmtpMailer("smtps://u:p%40x@h", SENDER).password == "p@x"
    with pytest.raises(ValueError, match="MAIL_URL"):
        make_mailer(Settings(mail_url="pigeon:"))
    with pytest.raises(ValueError, match="host"):
        make_mailer(Settings(mail_url="smtp://"))


NAMES = [
    "The Post, The Harbour Post, The Evening Post and the Post of all Posts, since 1874",
    "a, b, " * 20,
    "Name <other@host.example>, stranger@host.example",
    'Ann "the <boss>" Lee',
    "x" * 200,
    "Zeitung für alle, die sonst keine lesen, und für die, die sonst alle lesen, seit 1874, täglich",
    "=?utf-8?q?evil?= <other@host.example>",
    "می‌خواهم، بدانم",
    "The Post\r\nBcc: other@host.example",
    "",
]


@every_row("name", NAMES)
def test_a_name_of_any_length_makes_one_mailbox(name: str) -> None:
    raw = compose(replace(HELLO, sender_name=name), SENDER).as_bytes()
    head = raw.split(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in head.split(b"\r\n")) and b"\nBcc" not in head
    taken = message_from_bytes(raw, policy=default)["From"]
    assert [each.addr_spec for each in taken.addresses] == [SENDER]
    written = str(
        message_from_bytes(raw)["From"]
    )  # this Python's new parser puts spaces into names
    ((shown, address),) = getaddresses([written])
    assert address == SENDER
    assert str(make_header(decode_header(shown))) == " ".join(name.split())[:150].strip()


def test_emails_about_one_thing_belong_together() -> None:
    message = compose(replace(HELLO, about="conversation.12"), SENDER)
    assert message["References"] == message["In-Reply-To"] == "<conversation.12@example.org>"
    assert compose(HELLO, SENDER)["References"] is None


def test_a_dead_port_is_told() -> None:
    with pytest.raises(MailFailed, match="refused"):
        SmtpMailer("smtp://127.0.0.1:1?timeout=1", SENDER).greet()


def test_a_server_that_answers_is_greeted(server: type[_Server]) -> None:
    smtp(server).greet()
    assert server.emails == [] and "noop" in [each.lower() for each in server.said]


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", True), ("localhost", True), ("127.8.8.8", True), ("mail.localhost", True),
     ("10.0.0.1", False), ("mail.example.org", False), ("localhost.example.org", False)],
)  # fmt: skip
def test_only_this_machine_may_have_any_certificate(host: str, near: bool) -> None:
    assert _is_this_machine(host) is near
