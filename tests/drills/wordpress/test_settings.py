"""The plugin's settings page, its test of the connection, and the people of the blog in the box."""

from __future__ import annotations

import base64
import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.drills.wordpress.room import PASSWORD
from tests.live import KEY, ask, free_port

if TYPE_CHECKING:
    from tests.drills.wordpress.conftest import Place
    from tests.drills.wordpress.room import Browser

pytestmark = pytest.mark.drill

_PAGE = "/wp-admin/options-general.php?page=commentsvc"


def save(browser: Browser, **typed: str) -> str:
    """Fill in the form as it stands, change some of it, save it; returns the page."""
    page = browser.get(_PAGE).text
    form = page.split('action="options.php"')[1].split("</form>")[0]
    found = dict(re.findall(r"name=[\"']([^\"']+)[\"'] value=[\"']([^\"']*)", form))
    sent = {name: found[name] for name in ("option_page", "action", "_wpnonce", "_wp_http_referer")}
    sent |= {f"commentsvc[{name}]": value for name, value in typed.items()}
    saved = browser.post("/wp-admin/options.php", sent)
    assert saved.status == 302
    return browser.get(saved.headers["location"]).text


def test_it_works(place: Place) -> None:
    """Saved through the form; the secret is used, and never shown again."""
    place.blog.php("delete_option('commentsvc'); delete_option('commentsvc_secrets');")
    owner = place.blog.signed_in()
    address = place.server.upper().replace("HTTP", "http") + "/"
    page = save(owner, server=address, site=f" {KEY} ", secret=place.secret)
    assert f'value="{place.server}"' in page and f'value="{KEY}"' in page
    assert place.secret not in page and "A secret is stored" in page
    stored = place.blog.php("return [get_option('commentsvc'), commentsvc_secret('sign_in')];")
    assert stored[1] == place.secret and place.secret not in json.dumps(stored[0])
    save(owner, server=place.server, site=KEY)  # an empty field keeps it
    assert place.blog.php("return commentsvc_secret('sign_in');") == place.secret
    save(owner, server=place.server, site=KEY, forget_secret="1")
    assert place.blog.php("return commentsvc_secret('sign_in');") == ""
    page = save(owner, server="javascript:alert(1)", site='"><script>')
    assert "is not a web address" in page and "<script>" not in page.split("<form")[1]


def test_the_connection_is_tested_in_words(place: Place) -> None:
    owner = place.blog.signed_in()

    def said(**changed: Any) -> str:
        place.set(**changed)
        return place.press(owner, "test").text.split("<h1>")[1].split("<form")[0]

    good = said()
    assert "The server responds." in good and "lists this blog" in good and "Sign-in works." in good
    assert "notice-error" not in good
    assert "cannot be reached" in said(server=f"http://127.0.0.1:{free_port()}")
    assert "it is not commentsvc" in said(server=place.blog.url)
    assert "no site with the key “nowhere”" in said(site="nowhere")
    assert "Enter the server" in said(site="")
    place.secret, right = "a secret of another site, 32 bytes", place.secret
    try:
        assert "Sign-in does not work. The server says: This sign-in wasn" in said()
    finally:
        place.secret = right
    assert "has no secret" in said(write_back=True)


def test_a_blog_that_is_not_listed_is_told_what_to_add(place: Place) -> None:
    found = place.blog.php("""add_filter('home_url', fn () => 'https://else.example.org/');
        return commentsvc_check_site();""")
    assert found[0] == "bad" and "add https://else.example.org under" in found[1]


@pytest.mark.parametrize("does", ["test", "export", "webhook"])
def test_buttons_are_for_administrators_who_meant_it(place: Place, does: str) -> None:
    place.blog.php(f"""if (!username_exists('eddy')) wp_insert_user(['user_login' => 'eddy',
        'user_pass' => '{PASSWORD}', 'role' => 'editor', 'user_email' => 'eddy@example.org']);""")
    form = {"action": f"commentsvc_{does}"}
    for who in (place.blog.browser(), place.blog.signed_in("eddy"), place.blog.signed_in()):
        answer = who.post("/wp-admin/admin-post.php", {**form, "_wpnonce": "0123456789"})
        assert answer.status in (400, 403) or not answer.text, does
    assert place.blog.signed_in("eddy").get(_PAGE).status == 403
    assert place.blog.php("return commentsvc_secret('webhook');") == ""


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


_TOKEN = "/wp-admin/admin-ajax.php?action=commentsvc_token"


def test_people_of_the_blog_are_signed_in(place: Place) -> None:
    nobody = place.blog.browser().get(_TOKEN)
    assert nobody.text == "" and "no-cache" in nobody.headers["cache-control"]
    owner = place.blog.signed_in()
    token = owner.get(_TOKEN).text
    said = claims(token)
    assert said["exp"] - said["iat"] == 300 and said["user"]["id"] == "1"
    body = {"site": KEY, "token": token}
    answer = ask(place.port, "POST", "/api/v1/sign-in/site", body)
    assert answer.status == 200
    bearer = {"Authorization": f"Bearer {answer.json['access_token']}"}
    me = ask(place.port, "GET", f"/api/v1/me?site={KEY}", headers=bearer).json
    assert me["user"]["name"] == "admin" and me["role"] == "moderator", me
    assert ask(place.port, "POST", "/api/v1/sign-in/site", body).status == 401  # once
    assert "commentsvc_signed_in" in owner.cookies()
    page = owner.get("/wp-login.php", action="logout").text  # asks once more
    out = re.search(r'href=["\']([^"\']*action=logout[^"\']*)', page)
    assert out is not None
    owner.get(unescape(out[1]))
    assert "commentsvc_signed_in" not in owner.cookies() and owner.get(_TOKEN).text == ""


def test_what_is_said_of_a_person(place: Place) -> None:
    place.set(confirmed=False, roles={"editor": "trusted"}, login_page=True)
    said = place.blog.php("""$user = new WP_User(0, 'x'); $user->ID = 7;
        $user->roles = ['subscriber', 'editor'];
        $user->data = (object) ['display_name' => 'Zoë "Z" <i>', 'user_email' => 'zoe@example.org'];
        return [commentsvc_person($user), commentsvc_token($user)];""")
    person, token = said
    assert person["name"] == 'Zoë "Z" <i>' and person["role"] == "trusted"
    assert "email" not in person and person["email_verified"] is False
    answer = ask(place.port, "POST", "/api/v1/sign-in/site", {"site": KEY, "token": token})
    assert answer.status == 200, answer.body
    place.write("door", post_name="door")
    page = place.blog.browser().get("/door/").text
    assert 'data-sign-in-url="' in page and "wp-login.php?redirect_to={url}" in page
    assert "assets/sign-in.js" in page and "admin-ajax.php?action=commentsvc_token" in page


def test_it_leaves_nothing_behind(place: Place) -> None:
    place.write("last", post_name="last")
    place.comment("last", "The last one.")
    place.blog.browser().get("/last/")
    left = place.blog.php("""commentsvc_number(0, url_to_postid(home_url('/last/')));
        define('WP_UNINSTALL_PLUGIN', 'commentsvc/commentsvc.php');
        require WP_PLUGIN_DIR . '/commentsvc/uninstall.php'; global $wpdb;
        $ours = "LIKE '%commentsvc%'";
        return [$wpdb->get_col("SELECT option_name FROM $wpdb->options WHERE option_name $ours"),
            $wpdb->get_col("SELECT meta_key FROM $wpdb->postmeta WHERE meta_key $ours")];""")
    assert left == [[], []]
