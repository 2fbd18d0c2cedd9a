"""Mailers: what is sent is one plain letter to one address, whatever the words in it are."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
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
    compose,
    make_mailer,
)
from commentsvc.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SENDER = "comments@example.org"
LETTER = Mail("rita@example.org", "Hello", "A body.\n", sender_name="The Post")


class _Server(socketserver.BaseRequestHandler):
    """Just enough of RFC 5321 to take a letter, or to refuse it as the test says."""

    answers: ClassVar[dict[str, str]] = {}
    letters: ClassVar[list[bytes]] = []
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
                self.letters.append(body)
                self.request.sendall(b"250 taken\r\n")
                continue
            answer = self.answers.get(verb, "221 bye" if verb == "QUIT" else "250 fine")
            self.request.sendall(f"{answer}\r\n".encode())
            if verb == "QUIT":
                return


@pytest.fixture
def server() -> Iterator[type[_Server]]:
    handler = type("Handler", (_Server,), {"answers": {}, "letters": [], "said": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as tcp:
        tcp.daemon_threads = True
        handler.port = tcp.server_address[1]  # type: ignore[attr-defined]
        threading.Thread(target=tcp.serve_forever, daemon=True).start()
        yield handler
        tcp.shutdown()


def smtp(server: type, *, user: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{user}127.0.0.1:{server.port}?timeout=5", SENDER)  # type: ignore[attr-defined]


def test_it_works(server: type[_Server]) -> None:
    smtp(server).send(replace(LETTER, subject="Ferry läte", body="Grüße\n"))
    taken = message_from_bytes(server.letters[0], policy=default)
    assert taken["To"] == "rita@example.org"
    assert taken["From"] == "The Post <comments@example.org>"
    assert taken["Subject"] == "Ferry läte"
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken.get_content_type() == "text/plain"
    assert taken.get_content().splitlines() == ["Grüße"]


def test_a_password_is_never_sent_without_tls(server: type[_Server]) -> None:
    with pytest.raises(MailFailed) as failed:
        smtp(server, user="me:secret@").send(LETTER)
    assert failed.value.again and server.letters == []
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
        smtp(server).send(LETTER)
    assert failed.value.again is again


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(MailFailed) as failed:
        SmtpMailer("smtp://127.0.0.1:1?timeout=1", SENDER).send(LETTER)
    assert failed.value.again


@pytest.mark.parametrize(
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
        compose(replace(LETTER, to=address), SENDER)
    assert not failed.value.again


@given(subject=st.text(max_size=200), name=st.text(max_size=80), body=st.text(max_size=200))
def test_no_words_start_a_header(subject: str, name: str, body: str) -> None:
    sent = compose(Mail("rita@example.org", subject, body, sender_name=name), SENDER)
    read = message_from_bytes(sent.as_bytes(), policy=default)
    assert set(read.keys()) == set(compose(LETTER, SENDER).keys())
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
        compose(replace(LETTER, subject=trick, sender_name=trick), SENDER).as_bytes(),
        policy=default,
    )
    assert "Bcc" not in read and "Bcc:" in read["Subject"]


def test_a_host_of_another_script() -> None:
    assert compose(replace(LETTER, to="rita@münchen.example"), SENDER)["To"] == (
        "rita@xn--mnchen-3ya.example"
    )


def test_the_address_names_the_mailer(capsys: pytest.CaptureFixture[str]) -> None:
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
    ConsoleMailer(SENDER).send(LETTER)
    assert "A body." in capsys.readouterr().err
