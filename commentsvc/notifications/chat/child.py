"""A separate process that writes to one chat: apprise builds the requests, core/calling.py sends
them.

It reads one request from standard input and writes one response. It is separate because apprise is
large, and because here all of its requests can be routed through `call`, which contacts no private
address, follows no redirect and has a deadline. It uses the network in no other way.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import TYPE_CHECKING, Any

from ...core.calling import Answer, CallFailed, call
from ...core.errors import DomainError, Invalid, Unavailable
from .services import BY_CODE, of_plugin

if TYPE_CHECKING:
    from collections.abc import Callable

    Caller = Callable[..., Answer]

#: Services that show an address as a link only if it is marked up as one. All addresses are our
#: own.
MARKED = frozenset(("teams",))
_LINK = re.compile(r"(https?://\S+)")
#: Headers that `requests` adds by itself; `call` sets its own.
_OWN = frozenset(("accept-encoding", "connection", "content-length", "host", "transfer-encoding"))
_SECONDS = 20.0  # for all requests of a message
_EACH = 10.0


def answer(
    asked: dict[str, Any], caller: Caller = call, *, seconds: float = _SECONDS
) -> dict[str, Any]:
    """The service of `{"address": …}`. With `title` and `body`, also send the message; `private`
    allows private addresses. Returns `service`, None if we refuse the address, and `why`, the
    error's key and values."""
    try:
        service, target = _target(asked["address"])
    except Invalid as error:
        return {"service": None, "why": _why(error)}
    if "body" not in asked:
        return {"service": service, "why": None}
    line = _Line(caller, seconds, private=bool(asked.get("private")))
    line.lead()
    marked = service in MARKED
    body = _LINK.sub(r"[\1](\1)", asked["body"]) if marked else asked["body"]
    if target.notify(body=body, title=asked["title"], body_format="markdown" if marked else "text"):
        return {"service": service, "why": None}
    return {"service": service, "why": line.why or _why(Unavailable("unavailable.channel_refused"))}


def _target(address: str) -> tuple[str, Any]:
    """One of our services, and the apprise object that writes to one place there. Raises
    `Invalid`."""
    import apprise

    plugins: Any = apprise.plugins
    found = plugins.url_to_dict(address) or {}
    service = of_plugin(_plugin(plugins.N_MGR[found["schema"]])) if found else None
    if service is None:
        raise Invalid("invalid.channel_address")
    given = [name for kind in ("qsd", "qsd+", "qsd-", "qsd:") for name in found.get(kind) or ()]
    for name in given:
        if name not in BY_CODE[service].parameters:
            raise Invalid("invalid.channel_parameter", name=name[:40])
    # show no image: apprise's own are on another server
    asset = apprise.AppriseAsset(
        async_mode=False, app_id="commentsvc", app_desc="", app_url="",
        image_url_mask="", image_url_logo="",
    )  # fmt: skip
    target: Any = apprise.Apprise.instantiate(found, asset=asset, suppress_exceptions=True)
    if target is None:
        raise Invalid("invalid.channel_address")
    target.request_rate_per_sec = 0  # otherwise it sleeps between the requests of one message
    # without a chat, a Telegram bot would write to the last person who wrote to it
    if len(target) > 1 or (service == "telegram" and not target.targets):
        raise Invalid("invalid.channel_one")
    return service, target


def _plugin(made: type) -> str:
    """Apprise's name for a service, from apprise.plugins.slack or apprise.plugins.matrix.base."""
    return [*made.__module__.split("."), "", ""][2]


class _Line:
    """Routes the requests of `requests` through `call`, and keeps the last error."""

    def __init__(self, caller: Caller, seconds: float, *, private: bool) -> None:
        self._caller, self._private = caller, private
        self._ends = time.monotonic() + seconds
        self.why: dict[str, Any] | None = None

    def lead(self) -> None:
        """Replace `requests.Session.send` for the rest of this process."""
        import requests

        requests.Session.send = lambda _, asked, **__: self._send(asked)  # type: ignore[method-assign]

    def _send(self, asked: Any) -> Any:
        import requests

        sent = asked.body.encode() if isinstance(asked.body, str) else asked.body
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in _OWN}
        left = min(_EACH, max(0.1, self._ends - time.monotonic()))
        try:
            found = self._caller(
                asked.url,
                method=asked.method,
                body=sent,
                headers=headers,
                private=self._private,
                deadline=left,
            )
        except CallFailed as error:
            self.why = _why(error)
            raise requests.ConnectionError(error.key) from error
        if not 200 <= found.status < 300:
            self.why = _why(Unavailable("unavailable.channel_status", status=found.status))
        made = requests.Response()
        made.status_code, made.url, made.request = found.status, asked.url, asked
        made.headers.update(found.headers)
        made._content = found.body
        return made


def _why(error: DomainError) -> dict[str, Any]:
    return {"key": error.key, "values": error.values}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # logs would contain addresses, which are secrets
    print(json.dumps(answer(json.load(sys.stdin))))
