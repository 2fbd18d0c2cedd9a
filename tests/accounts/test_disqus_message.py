"""Messages that pages signed for Disqus vouch for readers, and are refused where Disqus refused them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts.vouching.claims import WrongToken
from commentsvc.accounts.vouching.tokens import read
from commentsvc.accounts.ways import Place
from commentsvc.core import clock
from commentsvc.notifications.sealed import reseal, states
from commentsvc.sites.commands import set_policy
from commentsvc.sites.forums import set_disqus_secret
from commentsvc.sites.own_sign_in import sign_in

if TYPE_CHECKING:
    from tests.people import Cast

SECRET = "the secret key of an application"
PLACE = Place(
    "harbour",
    ("a secret of the site, of 32 bytes and more",),
    disqus_secret=SECRET,
    origins=("https://example.org",),
    pictures=("https://img.example.org",),
)


def message(said: Any, *, secret: str = SECRET, ago: int = 0) -> str:
    text = base64.b64encode(json.dumps(said).encode()).decode()
    stamp = int(clock.now().timestamp()) - ago
    signature = hmac.new(secret.encode(), f"{text} {stamp}".encode(), hashlib.sha1).hexdigest()
    return f"{text} {signature} {stamp}"


def test_it_works() -> None:
    said = {
        "id": 17,
        "username": "Zoë",
        "email": "zoe@example.net",
        "avatar": "https://img.example.org/17.png",
        "url": "https://example.org/zoe",
    }
    provider, found = read(message(said), PLACE)
    assert (provider, found.subject, found.name) == ("site:harbour", "17", "Zoë")
    assert (found.picture, found.url) == (said["avatar"], said["url"])
    assert found.email is None  # nobody has proved it


def test_the_sites_own_secret_is_as_good() -> None:
    assert read(message({"id": "a"}, secret=PLACE.secrets[0]), PLACE)[1].subject == "a"


@pytest.mark.parametrize(
    ("said", "how", "key"),
    [
        ({"id": 1}, {"secret": "another"}, "wrong_site_token.unsigned"),
        ({"id": 1}, {"ago": 7300}, "wrong_site_token.over"),
        ({"id": 1}, {"ago": -300}, "wrong_site_token.time"),
        ({}, {}, "wrong_site_token.user"),
        ([], {}, "wrong_site_token.user"),
        ({"id": 0, "username": None}, {}, "wrong_site_token.user"),
    ],
)
def test_what_is_refused(said: Any, how: dict[str, Any], key: str) -> None:
    with clock.frozen(clock.now()), pytest.raises(WrongToken) as raised:
        read(message(said, **how), PLACE)
    assert raised.value.key == key


def test_what_is_no_message_is_no_token() -> None:
    for token in (message({"id": 1}).replace(" ", "  "), "e30= 00 1", "a b c"):
        with pytest.raises(WrongToken):
            read(token, PLACE)


def test_a_site_takes_it_once_its_secret_is_known(cast: Cast) -> None:
    set_policy(cast.site, {"picture_origins": ["https://img.example.org"]}, by=None)
    with pytest.raises(WrongToken):
        sign_in(cast.site, message({"id": 17, "username": "Zoë"}))
    set_disqus_secret(cast.site, f" {SECRET} ")
    assert SECRET not in (cast.site.kept_disqus_secret or "")
    sealed = states()["sealed"]
    assert reseal()["sealed"] == sealed and cast.site.disqus_secret == SECRET
    user = sign_in(cast.site, message({"id": 17, "username": "Zoë"}))
    clock_later = message({"id": 17, "username": "Zoë Q."}, ago=-30)
    assert sign_in(cast.site, clock_later).id == user.id and user.name == "Zoë Q."
    set_disqus_secret(cast.site, "")
    with pytest.raises(WrongToken):
        sign_in(cast.site, message({"id": 17}))
