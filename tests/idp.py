"""An OpenID provider on loopback that can be made to lie. It gives codes as a browser would bring
them back, checks PKCE, the client and the address, and signs whatever a test wants signed."""

from __future__ import annotations

import base64
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.answering import SaysJson, answering
from tests.provider import make_key, published, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from commentsvc.accounts.providers import Provider

CLIENT, SECRET = "our client", "a secret: of ours"


@dataclass
class Idp:
    """Its claims about whoever signs in (`claims`), and how it signs them."""

    url: str = ""
    key: Any = field(default_factory=lambda: make_key("EC"))
    claims: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sign: Callable[[dict[str, Any]], str] | None = None

    def is_somebody(self, subject: str, email: str | None = None, **more: Any) -> None:
        """Set who signs in next."""
        mail = {"email": email, "email_verified": True} if email else {}
        self.claims = {"sub": subject, **mail, **more}

    def authorize(self, address: str) -> dict[str, str]:
        """What a browser sent to this address brings back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def published(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            **self.configuration,
        }

    def answer(self, path: str) -> Any:
        pages = {
            "/.well-known/openid-configuration": self.published(),
            "/keys": {"keys": [published(self.key, "one")]},
            **self.pages,
        }
        return pages.get(path)

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Tokens for a code, once, for the client that requested it and knows the verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        basic = base64.b64encode(b"our+client:a+secret%3A+of+ours").decode()
        is_client = authorization == f"Basic {basic}" or form.get("client_secret") == SECRET
        if (
            asked is None
            or not is_client
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return 400, {"error": "invalid_grant"}
        said = {"iss": self.url, "aud": CLIENT, "nonce": asked.get("nonce"), "user": None}
        said |= self.claims
        made = self.sign(said) if self.sign else token(self.key, "ES256", **said)
        return 200, {"access_token": "an-access-token", "token_type": "Bearer", "id_token": made}


@contextmanager
def providing() -> Iterator[Idp]:
    """A provider, for the duration of the block."""
    idp = Idp()

    class Handler(SaysJson):
        def do_GET(self) -> None:
            idp.asked.append(self.path)
            found = idp.answer(self.path)
            self.say(200 if found is not None else 404, found)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.say(*idp.exchange(form, self.headers.get("Authorization", "")))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    idp.url = f"http://127.0.0.1:{server.server_port}"
    with answering(server):
        yield idp


def provider_of(idp: Idp, kind: str = "oidc", **more: Any) -> Provider:
    """The provider's client record in our service."""
    from commentsvc.accounts.providers import Provider

    given = {"client_id": CLIENT, "secret": SECRET, "issuer": idp.url, "label": "Example ID"}
    return Provider(kind, **{**given, **more})
