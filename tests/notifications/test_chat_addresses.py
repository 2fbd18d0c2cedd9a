"""Which addresses of chats are taken: those that write to one place, and ask for nothing besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from apprise import NotificationManager

from commentsvc.core.errors import Invalid
from commentsvc.notifications.chat import child, commands, services
from commentsvc.notifications.chat.commands import Wishes
from tests.notifications.chats import ADDRESSES, ALL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Cast

BOT = "tgram://123456789:AA" + "z" * 32
SLACK = "slack://A1B2C3D4E/A1B2C3D4E/A1B2C3D4E5F6G7H8I9J0K1L2"


def why(address: str) -> dict[str, object] | None:
    return child.answer({"address": address})["why"]


def known_to_apprise(code: str) -> set[str]:
    """Every name that apprise reads after `?` in an address of this service."""
    plugins = NotificationManager().plugins()
    plugin = services.BY_CODE[code].plugin
    mine = [each for each in plugins if each.__module__.split(".")[2] == plugin]
    return {name for each in mine for name in (*each.template_args, *each.template_tokens)}


@pytest.mark.parametrize("code", ADDRESSES)
def test_only_known_parameters_are_taken(code: str, tmp_path: Path) -> None:
    address, allowed = ADDRESSES[code], services.BY_CODE[code].parameters
    names = known_to_apprise(code)
    assert "format" in names and len(names) > 15
    local = tmp_path / "card.json"
    local.write_text('{"type": "message"}')
    for name in [*sorted(names - allowed), "+x", "-x", ":x", "include", "config"]:
        for value in (str(local), f"file://{local}", f"@{local}", "yes"):
            asked = f"{address}{'&' if '?' in address else '?'}{name}={value}"
            found = why(asked)
            assert found and found["key"] == "invalid.channel_parameter", asked
    assert not allowed & {
        "template",
        "attach",
        "avatar_url",
        "format",
        "ping",
        "to",
        "image",
        "path",
    }


@pytest.mark.parametrize(
    "address",
    [
        "ntfy://host.example/t0/t1",
        "ntfy://host.example/" + "/".join(f"t{n}" for n in range(12)),
        f"{SLACK}/#general/#news",
        "matrixs://u:p@host.example/!a:host.example/!b:host.example",
        f"{BOT}/1/2",
        BOT,
    ],
)
def test_a_channel_is_one_place(address: str) -> None:
    assert why(address) == {"key": "invalid.channel_one", "values": {}}


@pytest.mark.parametrize(
    "address",
    [
        "https://ntfy.sh/topic",
        f"{SLACK}/#general",
        f"{ADDRESSES['discord']}?thread_id=123",
        f"{BOT}/12345?silent=yes",
    ],
)
def test_what_services_give_is_taken(address: str) -> None:
    assert why(address) is None


def test_why_not_is_said_in_words(cast: Cast) -> None:
    for address, words in (
        ("ntfy://host.example/t0/t1", "exactly one chat"),
        (f"{ADDRESSES['teams']}&template=/etc/passwd", "Remove “template”"),
    ):
        with pytest.raises(Invalid, match=words):
            commands.add(cast.site, address, Wishes(what=ALL), by=cast.mona)
