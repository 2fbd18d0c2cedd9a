"""A server that publishes keys and signs tokens with them: a site's own, or an OpenID provider."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from commentsvc.core import clock
from tests.answering import SaysJson, answering

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNS = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}


def make_key(kind: str = "OKP", *, bits: int = 2048) -> Any:
    """A private key of this type."""
    if kind == "RSA":
        return rsa.generate_private_key(65537, bits)
    return (
        ed25519.Ed25519PrivateKey.generate()
        if kind == "OKP"
        else ec.generate_private_key(ec.SECP256R1())
    )


def published(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    """A key's entry in a key set."""
    kind = {rsa.RSAPrivateKey: "RSA", ec.EllipticCurvePrivateKey: "EC"}
    name = next((n for cls, n in kind.items() if isinstance(key, cls)), "OKP")
    text = get_default_algorithms()[_SIGNS[name]].to_jwk(key.public_key())
    return {**json.loads(text), **({"kid": kid} if kid else {}), **more}


@dataclass
class Provider:
    """Its responses, by path, and the requests it got."""

    url: str = ""
    pages: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)  # it answers while this is set

    def __post_init__(self) -> None:
        self.held.set()

    def publish(self, *keys: dict[str, Any]) -> None:
        self.pages["/keys"] = {"keys": list(keys)}

    def configure(self, issuer: str = "", keys: str = "") -> None:
        self.pages["/.well-known/openid-configuration"] = {
            "issuer": issuer or self.url,
            "jwks_uri": keys or f"{self.url}/keys",
        }


@contextmanager
def serving() -> Iterator[Provider]:
    """A provider on loopback."""
    provider = Provider()

    class Handler(SaysJson):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            provider.held.wait(60)
            self.say(provider.status, provider.pages.get(self.path))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    with answering(server):
        yield provider


def token(key: Any, algorithm: str, *, kid: str | None = "one", **claims: Any) -> str:
    """A token as a site signs it; None leaves a claim out."""
    now = int(clock.now().timestamp())
    said = {"iat": now, "exp": now + 300, "aud": "harbour", "user": {"id": "1"}, **claims}
    header = {"kid": kid} if kid else None
    return jwt.encode(
        {name: value for name, value in said.items() if value is not None},
        key,
        algorithm=algorithm,
        headers=header,
    )


def forged(header: dict[str, Any], payload: dict[str, Any], signature: bytes) -> str:
    """Three token parts of any content."""
    parts = [json.dumps(each).encode() for each in (header, payload)]
    return ".".join(
        base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (*parts, signature)
    )
