"""A chat on this machine, and channels that write to it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.jobs import Job
from commentsvc.notifications.chat import commands, news, telling
from commentsvc.notifications.chat.commands import Wishes
from commentsvc.notifications.chat.models import ChatChannel
from commentsvc.settings import Settings, settings
from tests.answering import answering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.people import Cast

ALL = commands.WHAT
#: An address of each service, as its pages give it.
ADDRESSES = {
    "slack": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/" + "x" * 24,
    "discord": "https://discord.com/api/webhooks/123456789012345678/" + "y" * 64,
    "teams": (
        "https://prod-1.westus.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64"
        "/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0"
        "&sig=abcdefghijklmnop"
    ),
    "telegram": "tgram://123456789:AA" + "z" * 32 + "/12345",
    "matrix": "matrixs://me:secret@matrix.example.org/!room:example.org",
    "ntfy": "ntfys://ntfy.example.org/newsroom",
}


@dataclass
class Chat:
    """A server of ntfy on this machine: what it was told, and how it answers."""

    address: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # what to say next; 200 when empty
    hangs: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    def texts(self) -> list[str]:
        return [f"{each['title']}\n{each['message']}" for each in self.told]


@pytest.fixture
def chat(app: Flask) -> Iterator[Chat]:
    """A chat on this machine, which the app may call."""
    found = Chat()

    class Said(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if found.hangs:
                found.over.wait(30)
                return
            status = found.answers.pop(0) if found.answers else 200
            if status == 200:
                found.told.append(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Said)
    server.daemon_threads = True
    found.address = f"ntfy://127.0.0.1:{server.server_port}/newsroom"
    settings.install(app, Settings(**{**settings.of(app).as_dict(), "webhook_private": True}))
    with answering(server):
        yield found
        found.over.set()


@pytest.fixture
def requests_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process of its own changes for good is as before after the test."""
    import requests

    monkeypatch.setattr(requests.Session, "send", requests.Session.send)


def made(cast: Cast, address: str = "ntfys://ntfy.example.org/t", **wishes: Any) -> ChatChannel:
    """A channel of mona's, without asking what its address is."""
    with unit_of_work():
        channel = ChatChannel(
            user_id=cast.mona.id,
            site_id=cast.site.id,
            service="ntfy",
            kept_address=address,
            state="active",
            attempts=0,
            told_until=clock.now() - timedelta(seconds=1),
            created_at=clock.now(),
        )
        Wishes(**{"what": ALL, **wishes}).give(channel)
        db.session.add(channel)
    return channel


def asked(cast: Cast) -> int:
    """How many messages are asked for now."""
    telling.ask_for_messages()
    query = select(func.count()).where(Job.name == "tell_channel", Job.state == "waiting")
    return db.session.scalar(query) or 0


def gathered(cast: Cast, channel: ChatChannel) -> news.News:
    clock.move(timedelta(seconds=5))
    return news.gather(channel, clock.now(), user=cast.mona)
