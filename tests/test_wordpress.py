"""The server does what the WordPress plugin relies on: addresses, tokens, signatures. Its
functions run without WordPress here; the real one is in tests/drills/wordpress."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts.vouching import tokens
from commentsvc.accounts.ways import Place
from commentsvc.core import clock
from commentsvc.core.signing import standard
from commentsvc.exchange.formats import wordpress
from tests.laws import keep
from tests.manual import ROOT

if TYPE_CHECKING:
    from flask import Flask

PLUGIN = ROOT / "integrations" / "wordpress" / "commentsvc"
SECRET = "a secret of the site, of 32 bytes and more"
FILES = sorted(PLUGIN.rglob("*.php"))
SOURCE = "\n".join(path.read_text("utf-8") for path in FILES)

#: As little of WordPress as the tested functions need.
_WORDPRESS = """
define('ABSPATH', '/'); define('MINUTE_IN_SECONDS', 60); define('DAY_IN_SECONDS', 86400);
class Person { public $ID = 17; public $display_name = 'Zoë "Z" Müller'; public $roles = ['author', 'editor'];
    public $user_email = 'zoe@example.org'; function exists() { return true; } }
class Call { private $headers; private $body;
    function __construct($headers, $body) { $this->headers = $headers; $this->body = $body; }
    function get_header($name) { return $this->headers[$name] ?? null; }
    function get_body() { return $this->body; } }
function get_option($name, $else = false) { return $GLOBALS['options'][$name] ?? $else; }
function add_action() {} function add_filter() {} function apply_filters($name, $value) { return $value; }
function wp_generate_uuid4() { return bin2hex(random_bytes(16)); }
function wp_json_encode($value) { return json_encode($value); }
function is_email($text) { return $text; } function get_user_locale($user) { return 'de_DE'; }
function get_avatar_url($user) { return 'https://img.example.org/17.png'; }
function home_url() { return 'https://Example.org:8443/blog/'; }
function wp_parse_url($url) { return parse_url($url); }
$options = ['show_avatars' => '1',
    'commentsvc' => ['server' => 'https://comments.example.org', 'site' => 'harbour'],
    'commentsvc_secrets' => ['sign_in' => getenv('SECRET'), 'webhook' => getenv('SECRET')]];
"""

php = pytest.mark.skipif(shutil.which("php") is None, reason="PHP is not installed")


def run(code: str, *, given: Any = None, secret: str = SECRET) -> Any:
    """What this code returns, with the plugin's functions loaded."""
    parts = ("settings", "service", "sign-in", "write-back")
    loaded = "".join(f"require '{PLUGIN}/includes/{each}.php';" for each in parts)
    done = subprocess.run(
        ["php", "-r", f"{_WORDPRESS} {loaded} $given = json_decode(getenv('GIVEN'), true); {code}"],
        env={"PATH": "/usr/bin:/bin", "SECRET": secret, "GIVEN": json.dumps(given)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@php
def test_it_works() -> None:
    """A token that the plugin signs is accepted, with all its claims."""
    token = run("echo json_encode(commentsvc_token(new Person()));")
    pictures = ("https://img.example.org",)
    place = Place("harbour", (SECRET,), pictures=pictures)
    provider, said = tokens.read(token, place)
    assert provider == "site:harbour" and said.subject == "17" and said.once
    assert said.name == 'Zoë "Z" Müller' and said.email == "zoe@example.org"
    assert said.locale == "de" and said.role == "moderator" and said.picture
    with pytest.raises(tokens.WrongToken):
        tokens.read(token, Place("harbour", ("another secret of 32 bytes and more",)))


@php
@pytest.mark.parametrize("secret", [SECRET, standard.secret_form(SECRET)])
def test_what_the_server_signs_is_believed(secret: str) -> None:
    body, now = '{"object":"commentsvc","é":1}', clock.now()
    signed = standard.headers(secret, name="m1", at=now, sent=body.encode())
    old = standard.headers(
        secret, name="m1", at=datetime.fromtimestamp(now.timestamp() - 301, UTC), sent=body.encode()
    )
    calls = [
        [signed, body],
        [signed, f"{body} "],
        [{**signed, "webhook-id": "m2"}, body],
        [old, body],
        [{**signed, "webhook-signature": f"v1,AAAA {signed['webhook-signature']}"}, body],
        [{}, body],
    ]
    found = run(
        "echo json_encode(array_map(fn ($c) => commentsvc_is_genuine(new Call($c[0], $c[1])), $given));",
        given=calls,
        secret=secret,
    )
    assert found == [True, False, False, False, True, False]


@php
def test_a_page_waits_two_seconds_in_all() -> None:
    """However many requests it makes. The first takes a second, so no time is left for another."""
    code = """const MB_IN_BYTES = 1048576; const COMMENTSVC_VERSION = '1'; $limits = [];
    function get_transient() { return false; } function is_wp_error($answer) { return false; }
    function wp_remote_retrieve_response_code() { return 200; }
    function wp_remote_retrieve_body() { return 'said'; }
    function wp_remote_request($url, $more) { $GLOBALS['limits'][] = $more['timeout']; usleep(1010000); }
    echo json_encode([commentsvc_read('/a', []), commentsvc_read('/b', []), $limits]);"""
    assert run(code) == ["said", None, [2]]


@php
def test_comments_of_the_blog_are_named_as_the_import_names_them() -> None:
    assert run("echo json_encode(commentsvc_source());") == wordpress._source(
        "https://Example.org:8443/blog/"
    )


@php
def test_every_file_is_php() -> None:
    code = "foreach ($given as $path) token_get_all(file_get_contents($path), TOKEN_PARSE); echo 1;"
    assert FILES and run(code, given=[str(path) for path in FILES]) == 1


def test_its_addresses_are_the_servers(app: Flask) -> None:
    asked = set(re.findall(r"commentsvc_(?:ask|read|send|address)\(\s*'(/[^']+)'", SOURCE))
    assert len(asked) > 5
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    keep("The plugin asks for what is not there:", sorted(asked - rules))


def test_every_phrase_can_be_translated() -> None:
    calls = re.findall(r"\b(?:esc_(?:html|attr)_)?_[_ex]\(\s*'((?:[^'\\]|\\.)*)'(.*)", SOURCE)
    assert len(calls) > 30
    keep("No text domain:", [text for text, rest in calls if ", 'commentsvc' )" not in rest])


def test_one_version() -> None:
    main, readme = (PLUGIN / "commentsvc.php").read_text(), (PLUGIN / "readme.txt").read_text()
    found = {
        *re.findall(r"Version: +([\d.]+)", main)[:1],
        *re.findall(r"COMMENTSVC_VERSION', '([\d.]+)'", main),
        *re.findall(r"Stable tag: ([\d.]+)", readme),
    }
    assert len(found) == 1
    for name in ("Requires at least", "Requires PHP", "License"):
        values = re.findall(rf"{name}: +(.+)", main) + re.findall(rf"{name}: +(.+)", readme)
        assert len(values) == 2 and values[0] == values[1]


def test_every_file_keeps_others_out() -> None:
    """Opened at its own address, a file does nothing."""
    guard = re.compile(r"defined\( '(?:ABSPATH|WP_UNINSTALL_PLUGIN)' \) \|\| exit;")
    keep("Runs by itself:", [path.name for path in FILES if not guard.search(path.read_text())])
