"""Standard Webhooks (standardwebhooks.com): signing a call in the way that its libraries check."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_PREFIX = "whsec_"


def secret_form(secret: str) -> str:
    """The secret as those libraries take it: `whsec_` and base64. One in this form stays as it is."""
    if _decoded(secret) is not None:
        return secret
    return _PREFIX + base64.b64encode(secret.encode()).decode()


def headers(secret: str, *, name: str, at: datetime, sent: bytes) -> dict[str, str]:
    """The three headers of one call: its id, which stays the same when it is tried again, the moment of
    this try, and the signature over both and the body."""
    moment = str(int(at.timestamp()))
    key = _decoded(secret) or secret.encode()
    signed = b".".join((name.encode(), moment.encode(), sent))
    mark = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": f"v1,{mark}"}


def _decoded(secret: str) -> bytes | None:
    """The key of a secret in this form; None for any other secret."""
    if not secret.startswith(_PREFIX):
        return None
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True) or None
    except ValueError:
        return None
