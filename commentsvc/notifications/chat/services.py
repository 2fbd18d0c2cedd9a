"""The supported chat services, one row each. The library apprise, an extra, writes to them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Service:
    """A service: its stored code, its name, apprise's name for it, an example address, and the
    allowed query parameters. Others could make apprise read files, or write what we do not
    intend."""

    code: str
    name: str
    plugin: str
    example: str
    parameters: frozenset[str] = frozenset()


ROWS = (
    Service("slack", "Slack", "slack", "https://hooks.slack.com/services/T…/B…/…"),
    Service("discord", "Discord", "discord", "https://discord.com/api/webhooks/1234567890/…",
            frozenset(("thread", "thread_id"))),
    Service("teams", "Microsoft Teams", "workflows", "https://….logic.azure.com/workflows/…",
            frozenset(("api-version", "id", "pa", "powerautomate", "sig", "sp", "sv", "ver"))),
    Service("telegram", "Telegram", "telegram", "tgram://123456789:TOKEN/CHAT-ID",
            frozenset(("silent", "thread", "topic"))),
    Service("matrix", "Matrix", "matrix", "matrixs://USER:PASSWORD@matrix.example.org/!room:example.org",
            frozenset(("token", "version"))),
    Service("ntfy", "ntfy", "ntfy", "ntfys://ntfy.example.org/TOPIC",
            frozenset(("auth", "mode", "priority", "token"))),
)  # fmt: skip
BY_CODE = {each.code: each for each in ROWS}
NAMES = {each.code: each.name for each in ROWS}
EXTRA = "pip install 'commentsvc[channels]'"


def is_installed() -> bool:
    """Whether apprise is installed, without importing it."""
    return find_spec("apprise") is not None


def of_plugin(plugin: str) -> str | None:
    """The code of the service with this name in apprise; None if it is not one of ours."""
    return next((each.code for each in ROWS if each.plugin == plugin), None)
