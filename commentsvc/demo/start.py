"""Start the demo: its settings, its data, and its output."""

from __future__ import annotations

import json
import os
import secrets
import socket
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..accounts import keys
from ..settings import Settings, settings

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "demo.json"  # the password of the three people, and the demo's last address


def settings_for(given: Settings) -> Settings:
    """Settings for a terminal: few log lines, readable by people."""
    quiet = {"log_format": "text", "log_level": "WARNING"}
    plain = {"log_format": "json", "log_level": "INFO"}
    changes: dict[str, Any] = {
        name: quiet[name] for name in quiet if getattr(given, name) == plain[name]
    }
    return replace(given, **changes)


def named(given: Settings) -> Settings:
    """The same settings with `localhost` as the server's name if it has none, because browsers
    create no passkeys for IP addresses. Only if no other program answers under that name: browsers
    try ::1 first, and we usually listen on 127.0.0.1."""
    if given.public_url != f"http://127.0.0.1:{given.port}" or _answers("::1", given.port):
        return given
    return replace(given, public_url=f"http://localhost:{given.port}").checked()


def _answers(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def prepare(app: Any) -> None:
    """Create the newspaper's people and comments in an empty database."""
    from ..notifications.mail import MemoryMailer, mailer
    from . import seed, staged

    given, own = settings.of(app), mailer.of(app)
    mailer.install(app, MemoryMailer())  # nobody is notified of the newspaper's past
    base = given.public_url
    kept = _kept(given.data_dir)
    with app.app_context():
        staff = seed.people(kept["password"])
        site = seed.site(staff, _origins(base))
        if not kept.get("complete"):
            click.echo("Inviting the readers of The Harbour Post…", err=True)
            seed.conversations(site, staff, base)
        elif kept["address"] != base:
            seed.move_to(site, kept["address"], base)
            staged.move_to(kept["address"], base)
        # while nobody else writes: under load, a comment may be refused, and a state would lack it
        staged.ready()
        staged.list_origins()
        key = _key(kept, site.id)
    _keep(given.data_dir, {**kept, "address": base, "complete": True, "key": key})
    mailer.install(app, own)


def _key(kept: dict[str, Any], site_id: int) -> str:
    """A key for Perspective's protocol, created once and shown at every start, because
    this is a demo."""
    key = str(kept.get("key", ""))
    if keys.find_key(key) is not None:
        return key
    return keys.add_key(label="The demo", scopes=["analyze"], site_id=site_id)


def extend(app: Any) -> None:
    """Add the newspaper's pages to the app. Its emails go to whoever tries it, at
    least to a file."""
    from ..notifications.mail import EMAILS, FileMailer, mailer
    from . import pages

    pages.register(app)
    given = settings.of(app)
    if not mailer.of(app).reaches_people:
        file = given.data_dir / EMAILS
        mailer.install(app, FileMailer(given.mail_from, file, reaches_people=True))


def announce(given: Settings) -> None:
    """Print where everything is and who can sign in, then `ready`."""
    from ..notifications.mail import EMAILS, make_mailer

    sends = make_mailer(given).reaches_people
    emails = f"from {given.mail_from}" if sends else given.data_dir / EMAILS
    base = given.public_url
    kept = _kept(given.data_dir)
    click.echo(
        f"\nThe newspaper       {base}/demo/\n"
        f"The dashboard       {base}/dashboard/\n"
        f"The API             {base}/api/docs\n"
        f"Perspective         {base}/v1alpha1/comments:analyze?key={kept['key']}\n"
        f"Emails              {emails}\n"
        "\nSign in as          owner@example.org\n"
        "                    moderator@example.org\n"
        "                    reader@example.org\n"
        f"with the password   {kept['password']}\n"
        "\nPress Ctrl-C to stop. The data is kept for the next start.\n"
        f"ready {base}/"
    )


def _origins(base: str) -> list[str]:
    # any page on this machine may try the tag
    return list(dict.fromkeys([base, "http://127.0.0.1:*", "http://localhost:*"]))


def _kept(folder: Path) -> dict[str, Any]:
    path = folder / _FILE
    if path.exists():
        kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return kept
    kept = {"password": secrets.token_urlsafe(9), "address": "", "complete": False}
    _keep(folder, kept)
    return kept


def _keep(folder: Path, facts: dict[str, Any]) -> None:
    path = folder / _FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(facts, file, indent=2)
