"""The providers of settings and of sites: what is accepted, and what is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts.models import SignInProvider
from commentsvc.accounts.providers import PRESETS, asking, of_settings
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid
from commentsvc.core.sealing import Sealer, sealer
from commentsvc.notifications import sealed
from commentsvc.settings import WrongSettings, settings
from commentsvc.sites import providers as rules
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast

GOOGLE = {"provider": "google", "client_id": "c", "client_secret": "s"}
APPLE = {**GOOGLE, "provider": "apple", "team": "T", "key": "K"}
OWN = {**GOOGLE, "provider": "oidc", "issuer": "https://id.example.org"}


def test_it_works() -> None:
    found = of_settings(json.dumps([GOOGLE, APPLE, {**OWN, "label": "Example ID"}]))
    assert list(found) == ["google", "apple", "oidc"]
    assert found["google"].issuer == "https://accounts.google.com"
    assert [each.title for each in found.values()] == ["Google", "Apple", "Example ID"]
    assert found["apple"].options == {"team": "T", "key": "K"}
    assert len({each.realm for each in found.values()}) == 3
    assert "client_secret" not in repr(found) and "'s'" not in repr(found)
    assert of_settings("") == {}


@every_row(
    ("given", "says"),
    [
        ("{", "JSON list"),
        ('{"provider": "google"}', "JSON list"),
        ("[7]", "entry 1 is not an object"),
        ('[{"provider": 7}]', "entry 1 is not an object"),
        ([{**GOOGLE, "provider": "myspace"}], "“myspace” is not one of google"),
        ([GOOGLE, GOOGLE], "“google” is listed twice"),
        ([{**GOOGLE, "client_secret": ""}], "google needs “client_secret”"),
        ([{**GOOGLE, "secret": "s"}], "google has no field “secret”"),
        ([{**OWN, "issuer": ""}], "oidc needs “issuer”"),
        ([{**APPLE, "team": ""}], "apple needs “team”"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(given: Any, says: str) -> None:
    with pytest.raises(WrongSettings, match=says):
        of_settings(given if isinstance(given, str) else json.dumps(given))


def test_a_wrong_setting_stops_the_start(make_app: Callable[..., Flask], app: Flask) -> None:
    with pytest.raises(WrongSettings, match="SIGN_IN_PROVIDERS"):
        make_app(settings=replace(settings.of(app), sign_in_providers="[{}]"))


def test_every_name_fits_where_it_is_kept(cast: Cast) -> None:
    longest = "k" * 40
    for kind in PRESETS:
        made = replace(of_settings(json.dumps([OWN]))["oidc"], kind=kind, site_key=longest)
        assert len(made.realm) <= 60 and len(kind) <= 12


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("myspace", {}, "kind"),
        ("google", {"client_id": " ", "client_secret": "s"}, "client_id"),
        ("google", {"client_id": "c"}, "client_secret"),
        ("apple", {"client_id": "c", "client_secret": "s", "team": "T"}, "key"),
        ("oidc", {"client_id": "c", "client_secret": "s", "issuer": "id"}, "issuer"),
        (
            "oidc",
            {"client_id": "c", "client_secret": "s", "issuer": "http://127.0.0.1:1"},
            "issuer",
        ),
        (
            "microsoft",
            {"client_id": "c", "client_secret": "s", "issuer": "https://evil.example/v2.0"},
            "issuer",
        ),
    ],
)
def test_what_an_owner_cannot_enter(
    cast: Cast, kind: str, given: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as error:
        rules.put(cast.site, kind, given, by=cast.olga)
    assert error.value.field == field and rules.of_site(cast.site) == []


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("issuer", "https://login.microsoftonline.com/evil/v2.0"),
        ("client_id", "another"),
    ],
)
def test_a_kept_secret_is_of_one_client(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, field: str, other: str
) -> None:
    """Whoever it is sent to reads it."""
    monkeypatch.setattr(asking, "check", lambda _: None)
    given = {"client_id": "c", "client_secret": "s"}
    rules.put(cast.site, "microsoft", given, by=cast.olga)
    with pytest.raises(Invalid) as error:
        changed = {**given, "client_secret": " ", field: other}
        rules.put(cast.site, "microsoft", changed, by=cast.olga)
    assert error.value.field == "client_secret"
    assert getattr(rules.of_site(cast.site)[0], field) != other
    assert rules.put(cast.site, "microsoft", {**given, "client_secret": ""}, by=cast.olga)
    assert rules.put(cast.site, "microsoft", {**given, field: other}, by=cast.olga)


def test_a_secret_follows_a_new_key(app: Flask, cast: Cast) -> None:
    given = {"client_id": "c", "client_secret": "very secret"}
    rules.put(cast.site, "github", given, by=cast.olga)
    (row,) = db.session.query(SignInProvider)
    assert "very secret" not in row.kept_secret
    before = sealer.of(app)
    try:
        sealer.install(app, Sealer(("another key of 32 characters....", settings().secret_key)))
        assert sealed.reseal()["old key"] >= 1
        assert sealer().state(row.kept_secret) == "sealed"
        assert rules.of_site(cast.site)[0].secret == "very secret"
        sealer.install(app, Sealer(("a third key, which opens nothing",)))
        assert rules.of_site(cast.site) == []  # it is not offered, and can be entered anew
        with pytest.raises(Invalid, match="Fill in"):
            rules.put(cast.site, "github", {"client_id": "c"}, by=cast.olga)
    finally:
        sealer.install(app, before)
