"""Where a site's provider is good, and where new people may come by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.providers import kept
from commentsvc.sites import commands as sites
from tests.embed.test_sign_in import NONCE, fetched, opened
from tests.people import PASSWORD, Cast
from tests.web.asking import HOST, browser, csrf_of, signed_in

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.idp import Idp
from tests.dashboard.with_idp import (
    app,
    cast,
    client_of,
    idp,
    is_in,
    members,
    post,
    refused,
    served,
    sign_in,
)

__all__ = ["app", "cast", "idp", "served"]

pytestmark = pytest.mark.engines(sample=1)


def test_a_sites_provider_is_good_for_that_site_alone(app: Flask, cast: Cast, idp: Idp) -> None:
    kept.put(cast.site.id, "harbour", "oidc", client_of(idp))
    client = opened(app, site="mountain")
    answer = post(client, "/account/with/oidc.harbour", site="mountain", nonce=NONCE)
    assert refused(answer) and "belongs to another site" in answer.text
    # nor by way of our own pages
    sign_in(client, idp, "oidc.harbour")
    post(client, "/account/with/oidc.harbour/new", name="Nele")
    window = f"/embed/sign-in?site=mountain&nonce={NONCE}"
    page = client.get(window, headers={"Referer": f"{HOST}/embed/asking-{NONCE}"}).text
    assert is_in(client) and "Nele" not in page
    sent = {"site": "mountain", "nonce": NONCE, "act": "continue", "csrf_token": csrf_of(page)}
    led = client.post("/embed/sign-in", data=sent, headers={"Origin": HOST})
    assert "belongs to another site" in client.get(led.location).text
    assert fetched(app, site="mountain").status_code == 202
    # on its own site it goes on
    client.get(
        window.replace("mountain", "harbour"), headers={"Referer": f"{HOST}/embed/asking-{NONCE}"}
    )
    client.post("/embed/sign-in", data={**sent, "site": "harbour"}, headers={"Origin": HOST})
    assert fetched(app).get_json()["user"]["name"] == "Nele"


def test_sign_up_that_is_closed_is_closed_here_too(app: Flask, cast: Cast, idp: Idp) -> None:
    sites.set_policy(cast.site, {"sign_up_open": False}, by=cast.olga)
    client = opened(app)
    sign_in(client, idp, site="harbour", nonce=NONCE)
    before = members()
    assert refused_name(post(client, "/account/with/oidc/new", name="Nele"))
    assert members() == before


def test_closed_sign_up_is_closed_without_a_site_too(app: Flask, cast: Cast, idp: Idp) -> None:
    kept.put(cast.site.id, "harbour", "oidc", client_of(idp))
    sites.set_policy(cast.site, {"sign_up_open": False}, by=cast.olga)
    before = members()
    client = browser(app)
    sign_in(client, idp, "oidc.harbour")
    assert refused_name(post(client, "/account/with/oidc.harbour/new", name="Nele"))
    sites.set_policy(cast.other, {"sign_up_open": False}, by=cast.max)
    client = browser(app)
    sign_in(client, idp)
    assert refused_name(post(client, "/account/with/oidc/new", name="Nele"))
    new = {"name": "Nele", "email": "n@example.org", "password": PASSWORD}
    assert refused_name(post(browser(app), "/account/register", **new))
    assert members() == before
    sites.set_policy(cast.other, {"sign_up_open": True}, by=cast.max)
    assert post(client, "/account/with/oidc/new", name="Nele").status_code == 303


def refused_name(answer: TestResponse) -> bool:
    return answer.status_code == 422


def test_the_owner_sees_what_the_whole_server_offers(app: Flask, cast: Cast, idp: Idp) -> None:
    client, _ = signed_in(app, cast.olga)
    page, everywhere = "/dashboard/sites/harbour/sign-in", "On for the whole server"
    assert client.get(page).text.count(everywhere) == 1
    assert "Example ID" in client.get(page).text
    assert "Example ID" in client.get("/dashboard/sites/harbour").text
    kept.put(cast.site.id, "harbour", "oidc", {**client_of(idp), "label": "Harbour ID"})
    assert everywhere not in client.get(page).text and "Harbour ID" in client.get(page).text
