"""A blog for tests: WordPress with PHP's own server and MariaDB, in a temporary folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from scripts.wordpress import FOLDER
from tests.live import free_port
from tests.manual import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLUGIN = ROOT / "integrations" / "wordpress" / "commentsvc"
PASSWORD = "a blog of five words"
_TREE = FOLDER / "usr" / "share" / "wordpress"
_MODULES = ("mysqlnd", "mysqli", "mbstring", "dom", "xml", "curl")
_CONFIG = """<?php
define('DB_NAME', 'blog'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', '127.0.0.1:' . getenv('BLOG_DATABASE')); define('DB_CHARSET', 'utf8mb4');
define('WP_HOME', getenv('BLOG_URL')); define('WP_SITEURL', getenv('BLOG_URL'));
define('WP_CONTENT_DIR', __DIR__ . '/wp-content'); define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_ACCESSIBLE_HOSTS', '127.0.0.1'); define('DISABLE_WP_CRON', true);
define('WP_DEBUG', true); define('WP_DEBUG_DISPLAY', false); define('WP_DEBUG_LOG', __DIR__ . '/debug.log');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $each) define("{$each}_KEY", "a key for $each");
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_INSTALL = """
define('WP_INSTALLING', true); require 'wp-load.php'; require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('The Blog', 'admin', 'admin@example.org', true, '', getenv('BLOG_PASSWORD'));
"""
_ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (is_file(__DIR__ . $path)) return false;
if (is_file(__DIR__ . "$path/index.php") && $path !== '/') { require __DIR__ . "$path/index.php"; return; }
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php'; require __DIR__ . '/index.php';
"""
#: Emails are counted and not sent.
_NO_MAIL = """<?php
add_filter('pre_wp_mail', function ($sent, $mail) {
    file_put_contents(ABSPATH . 'mails.log', $mail['subject'] . "\\n", FILE_APPEND); return true;
}, 10, 2);
"""
#: A classic theme, with as little as a theme needs. Not every release has one as a package.
_CLASSIC = """<!doctype html><html <?php language_attributes(); ?>><head><?php wp_head(); ?></head>
<body <?php body_class(); ?>><?php while (have_posts()) { the_post(); the_title('<h1>', '</h1>');
the_content(); comments_popup_link(); comments_template(); } wp_footer(); ?></body></html>
"""


@dataclass
class Page:
    """A status, where it leads, its type and its text."""

    status: int
    text: str
    headers: dict[str, str]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Browser:
    """Whoever looks at the blog, with cookies."""

    url: str
    jar: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str, **query: str) -> Page:
        return self._ask(path + (f"?{urlencode(query)}" if query else ""), None, {})

    def post(self, path: str, data: Any, headers: dict[str, str] | None = None) -> Page:
        body = data if isinstance(data, bytes) else urlencode(data, doseq=True).encode()
        return self._ask(path, body, headers or {})

    def cookies(self) -> set[str]:
        return {each.name for each in self.jar}

    def _ask(self, path: str, body: bytes | None, headers: dict[str, str]) -> Page:
        opener = build_opener(HTTPCookieProcessor(self.jar), _Stay())
        where = path if path.startswith("http") else self.url + path
        try:
            answer = opener.open(Request(where, body, headers), timeout=60)
        except HTTPError as error:
            answer = error
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Page(answer.status, answer.read().decode("utf-8", "replace"), found)


@dataclass
class Blog:
    """A WordPress that runs."""

    folder: Path
    environ: dict[str, str]
    url: str

    def php(self, code: str, *, load: bool = True) -> Any:
        """Run code inside WordPress; what it returns, by way of JSON."""
        head = "require 'wp-load.php'; require_once ABSPATH . 'wp-admin/includes/admin.php';"
        whole = f"""$_SERVER['HTTP_HOST'] = parse_url(getenv('BLOG_URL'), PHP_URL_HOST);
        $_SERVER['REQUEST_METHOD'] = 'GET'; {head if load else ""}
        $said = (function () {{ {code} }})(); echo "\\nSAID", json_encode($said);"""
        done = subprocess.run(
            ["php", *_options(), "-r", whole],
            cwd=self.folder,
            env=self.environ,
            timeout=120,
            check=False,
            capture_output=True,
            text=True,
        )
        assert "\nSAID" in done.stdout, done.stdout + done.stderr
        return json.loads(done.stdout.rpartition("\nSAID")[2])

    def themes(self) -> dict[str, str]:
        """The newest block theme, and a classic one."""
        folder = self.folder / "wp-content" / "themes"
        blocks = sorted(path.parts[-3] for path in folder.glob("*/templates/index.html"))
        known = "twentytwentyone"
        return {
            "block": blocks[-1],
            "classic": known if (folder / known).is_dir() else "classic",
            "own": "classic",
        }

    def browser(self) -> Browser:
        return Browser(self.url)

    def signed_in(self, name: str = "admin") -> Browser:
        """Someone who has signed in on WordPress's own page."""
        made = self.browser()
        made.get("/wp-login.php")  # sets the cookie that it wants to see again
        form = {"log": name, "pwd": PASSWORD, "testcookie": "1"}
        assert made.post("/wp-login.php", form).status == 302
        return made

    def nonce(self, browser: Browser, action: str) -> str:
        """What a form of the settings page carries."""
        page = browser.get("/wp-admin/options-general.php", page="commentsvc").text
        form = page.split(f'value="commentsvc_{action}"')[1].split("</form>")[0]
        found = re.search(r'name="_wpnonce" value="(\w+)"', form)
        assert found is not None, form
        return found[1]

    def log(self, name: str = "debug") -> str:
        """What PHP complained about; or the subjects of emails ("mails")."""
        path = self.folder / f"{name}.log"
        return path.read_text() if path.exists() else ""


def _options() -> list[str]:
    there = FOLDER.glob("usr/lib/php/*/*.so")
    known = {path.stem: path for path in there}
    loaded = subprocess.run(
        ["php", "-m"], capture_output=True, text=True, check=True
    ).stdout.split()
    wanted = [each for each in _MODULES if each in known and each not in loaded]
    return [word for each in wanted for word in ("-d", f"extension={known[each]}")]


@contextmanager
def blog(folder: Path) -> Iterator[Blog]:
    """A blog with one owner, pretty addresses and our plugin, which is active and not set up."""
    tree = folder / "blog"
    shutil.copytree(_TREE, tree, symlinks=True)
    (tree / "wp-content" / "plugins").mkdir(exist_ok=True)
    shutil.copytree(PLUGIN, tree / "wp-content" / "plugins" / "commentsvc")
    (tree / "wp-content" / "mu-plugins").mkdir()
    (tree / "wp-content" / "mu-plugins" / "mails.php").write_text(_NO_MAIL)
    theme = tree / "wp-content" / "themes" / "classic"
    theme.mkdir(parents=True)
    (theme / "style.css").write_text("/* Theme Name: Classic */")
    (theme / "index.php").write_text(_CLASSIC)
    (tree / "wp-config.php").write_text(_CONFIG)
    (tree / "router.php").write_text(_ROUTER)
    with _database(folder / "database") as port:
        url = f"http://127.0.0.1:{free_port()}"
        mine = {"BLOG_DATABASE": str(port), "BLOG_URL": url, "BLOG_PASSWORD": PASSWORD}
        made = Blog(tree, {**os.environ, **mine, "PHP_CLI_SERVER_WORKERS": "4"}, url)
        made.php(_INSTALL, load=False)
        made.php("""update_option('permalink_structure', '/%postname%/'); flush_rewrite_rules();
            activate_plugin('commentsvc/commentsvc.php');""")
        command = ["php", *_options(), "-S", url.removeprefix("http://"), "-t", tree]
        with _running([*command, tree / "router.php"], folder / "php.log", made.environ):
            _wait(int(url.rpartition(":")[2]), folder / "php.log")
            yield made


@contextmanager
def _database(folder: Path) -> Iterator[int]:
    folder.mkdir()
    libraries = sorted({str(each.parent) for each in FOLDER.glob("**/lib*.so.*")})
    environ = {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}
    usr, port, data = FOLDER / "usr", free_port(), folder / "data"
    base = ["--no-defaults", f"--basedir={usr}", f"--datadir={data}"]
    base += ["--user=root"] if os.geteuid() == 0 else []
    made = subprocess.run(
        [usr / "bin/mariadb-install-db", *base, "--auth-root-authentication-method=normal"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    command = [usr / "sbin/mariadbd", *base, "--bind-address=127.0.0.1", f"--port={port}"]
    command += ["--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"]
    with _running([*command, f"--socket={folder}/s"], folder / "log", environ):
        _wait(port, folder / "log")
        client = [usr / "bin/mariadb", "--no-defaults", "-h127.0.0.1", f"-P{port}", "-uroot"]
        subprocess.run([*client, "-e", "CREATE DATABASE blog"], env=environ, check=True)
        yield port


@contextmanager
def _running(command: list[Any], log: Path, environ: dict[str, str]) -> Iterator[None]:
    with log.open("wb") as out:
        words = [str(each) for each in command]
        child = subprocess.Popen(words, stdout=out, stderr=out, env=environ, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(child.pid, signal.SIGTERM)  # PHP's workers would outlive it
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _wait(port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as line:
            line.settimeout(0.5)
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"it did not start:\n{log.read_text(errors='replace')[-2000:]}")
