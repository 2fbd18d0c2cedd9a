"""Comments between a real WordPress and the server: its own as a file, and copies by webhook."""

from __future__ import annotations

import base64
import gzip
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.signing import standard
from tests.drills.wordpress.conftest import until
from tests.live import HREF, KEY, ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.drills.wordpress.conftest import Place
    from tests.drills.wordpress.room import Page

pytestmark = pytest.mark.drill

_FIND = """$asked = ['post_id' => %d, 'status' => ['all', 'trash'],
        'order' => 'ASC', 'orderby' => 'comment_ID'];
    return array_map(fn ($c) => ['id' => (int) $c->comment_ID, 'author' => $c->comment_author,
        'text' => $c->comment_content, 'status' => wp_get_comment_status($c),
        'parent' => (int) $c->comment_parent], get_comments($asked));"""


def copies(place: Place, post: int) -> list[dict[str, Any]]:
    """What WordPress has under a post."""
    return list(place.blog.php(_FIND % post))


def old_comment(place: Place, post: int, text: str, **more: Any) -> int:
    """A comment of WordPress's own."""
    given = {"comment_post_ID": post, "comment_author": "Olga", "comment_content": text, **more}
    given = {"comment_approved": 1, "comment_author_email": "olga@example.org", **given}
    code = (
        f"return wp_insert_comment(wp_slash(json_decode({json.dumps(json.dumps(given))}, true)));"
    )
    return int(place.blog.php(code.replace("$", "\\$")))


def bring(place: Place, path: Path) -> Any:
    done = place.home.command("import", "wordpress", str(path), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["taken"]


def test_it_works(place: Place, tmp_path: Path) -> None:
    """The button's file is imported whole, and a second time adds nothing."""
    post = place.write("old", post_name="old", post_title="Bread & butter")
    first = old_comment(place, post, "The <b>first</b>\n\nof them \U0001f600 & more \x0b")
    old_comment(place, post, "An answer", comment_parent=first)
    old_comment(place, post, "It waits", comment_approved=0)
    old_comment(place, post, "Buy pills", comment_approved="spam")
    old_comment(place, post, "Linked", comment_type="pingback")
    sent = place.press(place.blog.signed_in(), "export")
    assert sent.status == 200 and sent.headers["content-type"] == "application/gzip"
    path = tmp_path / "comments.xml"
    place.blog.php(f"""$out = fopen('{path}', 'wb');
        return commentsvc_export(function ($piece) use ($out) {{ fwrite($out, $piece); }});""")
    assert "127.0.0.1</wp:comment" not in path.read_text()  # nobody's network address
    taken = bring(place, path)
    assert taken["comments"] >= 3 and taken["replies"] >= 1 and taken["pending"] >= 1
    again = bring(place, path)
    assert again["comments"] == 0 and again["comments_known"] == taken["comments"]
    path.write_text(
        place.blog.php("""require_once ABSPATH . 'wp-admin/includes/export.php';
        ob_start(); export_wp(['content' => 'post']); return ob_get_clean();""")
    )
    assert bring(place, path)["comments"] == 0  # WordPress's own file names them in the same way
    page = place.blog.browser().get("/old/").text
    assert "of them \U0001f600 &amp; more" in page and "An answer" in page
    assert "Buy pills" not in page and "It waits" not in page


def test_the_button_gives_what_the_command_gives(place: Place) -> None:
    """WP-CLI's own class is not here: the command is called with one that takes its place."""
    post = place.write("both", post_name="both")
    old_comment(place, post, "In both")
    code = """class WP_CLI { static function add_command() {} static function success() {} }
        require WP_PLUGIN_DIR . '/commentsvc/includes/cli.php'; $file = tempnam(sys_get_temp_dir(), 'x');
        commentsvc_cli_export([$file]); ob_start(); commentsvc_send_export();
        return [file_get_contents($file), base64_encode(ob_get_clean())];"""
    written, packed = place.blog.php(code)
    assert gzip.decompress(base64.b64decode(packed)).decode() == written and "In both" in written


@pytest.fixture
def told(place: Place) -> Iterator[tuple[str, str]]:
    """Write-back is on, and the server has verified the blog's address."""
    place.set(write_back=True)
    page = place.press(place.blog.signed_in(), "webhook").text
    secret = page.split("Secret, shown only now: ")[1].split("<")[0]
    token = page.split("Verify token, shown only now: ")[1].split("<")[0]
    assert (
        secret
        not in place.blog.signed_in().get("/wp-admin/options-general.php?page=commentsvc").text
    )
    url = f"{place.blog.url}/wp-json/commentsvc/v1/webhook"
    events = [
        f"comment.{each}" for each in ("published", "edited", "held", "rejected", "withdrawn")
    ]
    words = [word for each in events for word in ("--event", each)]
    added = place.home.command(
        "webhook", "add", url, "--secret", secret, "--verify-token", token, *words
    )
    assert added.returncode == 0, added.stderr
    until(lambda: "active" in place.home.command("webhook", "list").stdout)
    yield secret, token
    name = added.stdout.split()[1]
    assert place.home.command("webhook", "remove", name).returncode == 0


def test_comments_are_written_back(place: Place, told: tuple[str, str], tmp_path: Path) -> None:
    post = place.write("back", post_name="back")
    mails = place.blog.log("mails")
    own = old_comment(place, post, "Mine from before")
    path = tmp_path / "comments.xml"
    place.blog.php(f"""$out = fopen('{path}', 'wb');
        commentsvc_export(function ($piece) use ($out) {{ fwrite($out, $piece); }});""")
    bring(place, path)
    first = place.comment("back", "A *fine* ferry & <b>bridge</b>\n\n- one\n- two")
    found = until(lambda: [each for each in copies(place, post) if each["id"] != own])
    assert (
        found[0]["text"] == "A <em>fine</em> ferry &amp; &lt;b&gt;bridge&lt;/b&gt;\n\n– one\n– two"
    )
    assert found[0]["author"] == "Ann" and found[0]["status"] == "approved"
    thread = ask(place.port, "GET", f"/api/v1/threads?site={KEY}&href={place.blog.url}/back/").json
    listed = ask(place.port, "GET", f"/api/v1/threads/{thread['id']}/comments").json["items"]
    before = next(each["id"] for each in listed if each["id"] != first)
    place.comment("back", "A reply to the copy.", parent_id=first)
    reply = place.posted("back", "A reply to the old one.", parent_id=before)
    until(lambda: len(copies(place, post)) == 4)
    parents = {each["text"]: each["parent"] for each in copies(place, post)}
    assert parents["A reply to the copy."] == found[0]["id"]
    assert parents["A reply to the old one."] == own
    guest = {"Authorization": f"Guest {reply['edit_token']}"}
    gone = ask(place.port, "DELETE", f"/api/v1/comments/{reply['id']}", headers=guest)
    assert gone.status in (200, 204), gone.body
    until(lambda: len(copies(place, post)) == 3)
    decide(place, first, "reject", reason="offensive")
    until(lambda: copies(place, post)[1]["status"] == "trash", 60)
    place.blog.php(f"""$out = fopen('{path}', 'wb');
        commentsvc_export(function ($piece) use ($out) {{ fwrite($out, $piece); }});""")
    assert bring(place, path)["comments"] == 0  # copies are not imported again
    assert place.blog.log("mails") == mails  # WordPress tells nobody


def decide(place: Place, comment: str, action: str, **more: str) -> None:
    bearer = {"Authorization": f"Bearer {place.home.key}"}
    card = ask(place.port, "GET", f"/api/v1/comments/{comment}/card", headers=bearer).json
    body = {"action": action, "seen_version": card["version"], **more}
    answer = ask(place.port, "POST", f"/api/v1/comments/{comment}/decisions", body, headers=bearer)
    assert answer.status in (200, 201), answer.body


def call(place: Place, secret: str, name: str, at: float | None = None, **value: Any) -> Page:
    """A call as the server would make it."""
    given: dict[str, Any] = {
        "site": KEY,
        "id": "x1",
        "status": "published",
        "created_at": "2026-08-03T09:44:47.120000Z",
        "thread": {"href": HREF},
        "edited_at": None,
        "text": "Hi",
        "html": "<p>Hi</p>",
        **value,
    }
    change = {"field": "comment.published", "value": given}
    sent = json.dumps(
        {"object": "commentsvc", "entry": [{"id": KEY, "changes": [change]}]}
    ).encode()
    moment = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    signed = standard.headers(secret, name=name, at=moment, sent=sent)
    headers = {**signed, "Content-Type": "application/json"}
    return place.blog.browser().post("/wp-json/commentsvc/v1/webhook", sent, headers)


def test_calls_that_are_forged_or_old_are_refused(place: Place, told: tuple[str, str]) -> None:
    secret, _ = told
    post = place.write("calls", post_name="calls")
    here = {"thread": {"href": f"{place.blog.url}/calls/"}}
    assert call(place, "another secret, not ours", "m1", **here).status == 403
    assert call(place, secret, "m1", time.time() - 400, **here).status == 403
    assert call(place, secret, "m1", time.time() + 400, **here).status == 403
    assert copies(place, post) == []
    assert json.loads(call(place, secret, "m1", **here).text) == {"done": "added"}
    assert json.loads(call(place, secret, "m1", **here).text) == {"done": "before"}
    assert json.loads(call(place, secret, "m2", **here).text) == {"done": "changed"}
    assert len(copies(place, post)) == 1
    assert json.loads(call(place, secret, "m3", site="other", **here).text) == {"done": "ignored"}
    assert json.loads(call(place, secret, "m4", id="x2").text) == {
        "done": "ignored"
    }  # not our page
    place.set(write_back=False)
    assert call(place, secret, "m5", **here).status == 404


def test_calls_may_come_in_any_order(place: Place, told: tuple[str, str]) -> None:
    secret, now = told[0], time.time()
    post = place.write("order", post_name="order")
    here: dict[str, Any] = {"thread": {"href": f"{place.blog.url}/order/"}}
    call(place, secret, "o1", id="reply", parent_id="above", html="<p>Reply</p>", **here)
    call(place, secret, "o2", id="above", html="<p>Above</p>", **here)
    reply, above = copies(place, post)
    assert reply["text"] == "Reply" and reply["parent"] == above["id"]
    call(place, secret, "o3", id="above", html="<p>New</p>", edited_at="2026-08-04T", **here)
    old = call(place, secret, "o4", now - 60, id="above", html="<p>Above</p>", **here)
    assert json.loads(old.text) == {"done": "ignored"} and copies(place, post)[1]["text"] == "New"
    call(place, secret, "o5", id="above", status="pending", **here)
    assert copies(place, post)[1]["status"] == "unapproved"
    call(place, secret, "o6", id="above", status="rejected", **here)
    assert copies(place, post)[1]["status"] == "trash"
    call(place, secret, "o7", id="above", html="<p>Back<script>x</script></p>", **here)
    back = copies(place, post)[1]
    assert back["status"] == "approved" and "<script" not in back["text"]
    call(place, secret, "o8", id="above", status="withdrawn", **here)
    late = call(place, secret, "o9", now - 60, id="above", **here)
    assert json.loads(late.text) == {"done": "ignored"}
    assert [each["parent"] for each in copies(place, post)] == [0]


def test_the_address_is_verified_by_its_token(place: Place, told: tuple[str, str]) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "0123"}
    ask_it = place.blog.browser().get
    path = "/wp-json/commentsvc/v1/webhook"
    good = ask_it(path, **{**asked, "hub.verify_token": told[1]})
    assert (good.status, good.text) == (200, "0123")
    assert good.headers["content-type"].startswith("text/plain")
    assert ask_it(path, **{**asked, "hub.verify_token": "wrong"}).status == 403
    assert ask_it(path, **asked).status == 403
