"""Facebook's old addresses give the stand-in; old pages' counters get their figures at once."""

from __future__ import annotations

import gzip
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from commentsvc.sites.commands import set_app_ids
from tests.factories import HREF, post
from tests.web.asking import HOST

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.people import Cast

OLD = (
    "/en_US/sdk.js",
    "/de_DE/all.js",
    "/sdk.js",
    "/all.js",
    "/xx_YY/sdk.js",
    "/sr@latin/sdk.js",
    "/en_US/sdk/debug.js",
    "/en_US/sdk/xfbml.customerchat.js",
)


@pytest.mark.parametrize("path", OLD)
def test_it_works(client: FlaskClient, path: str) -> None:
    answer = client.get(path, base_url=HOST)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.text == client.get("/en_US/sdk.js", base_url=HOST).text


def test_it_is_a_script(client: FlaskClient, tmp_path: Path) -> None:
    """As it is served, without its comments."""
    made = tmp_path / "sdk.js"
    made.write_bytes(client.get("/en_US/sdk.js", base_url=HOST).data)
    subprocess.run(["node", "--check", str(made)], check=True)


def test_it_stays_small(client: FlaskClient) -> None:
    assert len(gzip.compress(client.get("/en_US/sdk.js", base_url=HOST).data, 9)) <= 6000


def asked(client: FlaskClient, **form: object) -> dict[str, int]:
    answer = client.post(
        "/embed/counts", base_url=HOST, data=form, headers={"Origin": "https://a.b"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return dict(json.loads(answer.data)["counts"])


def test_counts_come_at_once(cast: Cast, client: FlaskClient) -> None:
    post(cast.site)
    post(cast.site, "You idiot.")  # held: not counted
    other = "http://www.news.example.org/2026/bridge/?utm_source=x"
    hrefs = [HREF, other, "{{ url }}", "https://news.example.org/none"]
    found = asked(client, page="https://news.example.org", href=hrefs)
    assert found == dict(zip(hrefs, (1, 1, 0, 0), strict=True))


def test_the_app_id_names_the_site(cast: Cast, client: FlaskClient) -> None:
    set_app_ids(cast.site, ["123456789"])
    post(cast.site)
    assert asked(client, app_id="123456789", href=[HREF]) == {HREF: 1}
    assert asked(client, app_id="987654321", page="https://a.b", href=["https://a.b/"]) == {
        "https://a.b/": 0
    }


def test_not_without_end(cast: Cast, client: FlaskClient) -> None:
    hrefs = [f"https://news.example.org/{n}" for n in range(201)]
    answer = client.post("/embed/counts", base_url=HOST, data={"href": hrefs})
    assert answer.status_code == 422


def test_a_frame_without_a_key_finds_its_site(cast: Cast, client: FlaskClient) -> None:
    post(cast.site, "Found me.")
    page = f"/embed/thread?href={HREF}&page=https://news.example.org"
    answer = client.get(page, base_url=HOST)
    assert answer.status_code == 200 and "Found me." in answer.text
    assert "https://news.example.org" in answer.headers["Content-Security-Policy"]
    stranger = client.get("/embed/thread?href=https://a.b/&page=https://a.b", base_url=HOST)
    assert stranger.status_code == 404


def test_counts_as_a_script(client: FlaskClient, cast: Cast) -> None:
    """For pages that let no connection of ours in; nothing of the address can become code."""
    post(cast.site, "One.")
    evil = f"{HREF}?</script><script>alert(1)</script>\u2028"
    answer = client.get(
        "/embed/counts.js",
        base_url=HOST,
        query_string={"site": cast.site.key, "href": [HREF, evil]},
    )
    assert answer.content_type.startswith("text/javascript")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "<" not in answer.text and answer.text.startswith("commentsvc.counted({")
    told = json.loads(answer.text.removeprefix("commentsvc.counted(").removesuffix(");"))
    assert told == {HREF: 1, evil: 0}
