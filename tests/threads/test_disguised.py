"""Links that pretend: where they really lead stands beside them."""

from __future__ import annotations

import pytest

from commentsvc.threads.text import disguised, html, links, plain
from commentsvc.threads.text.disguised import real
from tests.growth import costs_at_most

EVIL = "https://evil.example/x"
FAKE = "p\u0430ypal.com"  # with a Cyrillic a
REAL = "xn--pypal-4ve.com"


def test_it_works() -> None:
    assert plain(f"[bank.example]({EVIL})") == "bank.example (evil.example)"
    assert "</a> (evil.example)" in html(f"[bank.example]({EVIL})")
    assert disguised(f"[bank.example]({EVIL}) and https://a.example/") == ["evil.example"]


@pytest.mark.parametrize(
    "words",
    [
        "bank.example", "https://bank.example/login", "go to bank.example now", "**bank**.example",
        "bank\u2024example", "bank\u3002example", "\uff42ank.example", "bank.\u200bexample",
        "bank\u00ad.example",
        "\u202eelpmaxe.knab", "\u202e\u2066elpmaxe.knab\u2069", "(bank.example)", "@bank.example",
        "bank.example:443", "https://bank.example@evil.example", "https://evil.example.bank.example",
        "`bank.example`", "evil.example or bank.example", "bank.example.", FAKE, "www.bank.example",
        "HTTPS://BANK.EXAMPLE", "mail@bank.example or bank.example", "\uff48ttps\uff1a//bank.example",
    ],
)  # fmt: skip
def test_words_that_name_another_host(words) -> None:
    source = f"[{words}]({EVIL})"
    assert plain(source).rstrip("\u202c\u2069").endswith(" (evil.example)"), plain(source)
    assert disguised(source) == ["evil.example"]
    assert not any(each in plain(source).partition(" (")[0] for each in "\u202e\u2066")


def test_what_turned_the_words_around_before_the_link() -> None:
    assert "(evil.example)" in plain(f"see \u202e[elpmaxe.knab]({EVIL})")


@pytest.mark.parametrize(
    "words",
    ["the article", "evil.example", "www.evil.example", "https://evil.example/other", "e.g. this", "v1.2",
     "a…b", "1.500 Euro", "EVIL.EXAMPLE", "ann@bank.example"],
)  # fmt: skip
def test_words_that_say_nothing_else(words) -> None:
    assert plain(f"[{words}]({EVIL})") == words
    assert disguised(f"[{words}]({EVIL})") == []


@pytest.mark.parametrize(
    "host",
    [FAKE, "\u0430\u0440\u0440\u04cf\u0435.com", "g\u043e\u043egle.com", "\u03bfrange.example",
     "\u0261oogle.com", "www.p\u0430ypal.com", "a.p\u0430ypal.com"],
)  # fmt: skip
def test_hosts_in_letters_of_others(host) -> None:
    for source in (
        f"https://{host}/login",
        f"[click]({'https://' + host})",
        f"[{host}](https://{host})",
    ):
        assert "(xn--" in plain(source) or ".xn--" in plain(source), source
        assert disguised(source), source
    assert "xn--" in links(f"https://{host}/")[0]


def test_a_host_that_is_already_said_as_it_is_is_not_said_twice() -> None:
    assert plain(f"https://{REAL}/") == f"https://{REAL}/"
    assert plain(f"[paypal.com](https://{FAKE})") == f"paypal.com ({REAL})"


@pytest.mark.parametrize(
    "host",
    ["b\u00fccher.example", "\u4f8b\u3048.jp", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
     "\u00e9t\u00e9.fr", "\ud55c\uad6d.kr", "\u0645\u062b\u0627\u0644.example", "\u0131\u015f\u0131k.com.tr",
     "x\u6771\u4eac.jp", "\u03b5\u03bb\u03bb\u03ac\u03b4\u03b1.gr"],
)  # fmt: skip
def test_hosts_of_other_languages_are_as_they_are(host) -> None:
    assert plain(f"https://{host}/") == f"https://{host}/"
    assert disguised(f"[more](https://{host}/)") == []


def test_addresses_of_email() -> None:
    assert plain("[a@bank.example](mailto:b@evil.example)") == "a@bank.example (b@evil.example)"
    assert plain("[bank.example](mailto:b@evil.example)") == "bank.example (b@evil.example)"
    assert plain("[B@evil.example](mailto:b@evil.example)") == "B@evil.example"
    assert plain("[write](mailto:b@evil.example)") == "write"


def test_a_files_name_is_explained_but_not_held() -> None:
    for words in ("Node.js", "README.md", "report.pdf"):
        assert plain(f"[{words}]({EVIL})") == f"{words} (evil.example)"
        assert disguised(f"[{words}]({EVIL})") == []


@pytest.mark.parametrize("user", ["paypal.com", "paypal.com:x", "a%40b"])
def test_an_address_with_a_user_is_no_link(user) -> None:
    for source in (f"https://{user}@evil.example/x", f"[words](https://{user}@evil.example/x)"):
        assert links(source) == []


@pytest.mark.parametrize(
    ("source", "shown", "href"),
    [
        (r"https://a.example/\_x_y", "https://a.example/_x_y", "https://a.example/_x_y"),
        (r"www.a.example/\_x\_y", "www.a.example/_x_y", "http://www.a.example/_x_y"),
        (r"https://a.example/x\(y\)", "https://a.example/x(y)", "https://a.example/x(y)"),
        (r"https://a.example/a\b", r"https://a.example/a\b", "https://a.example/a"),
        (r"<https://a.example/\_x>", r"https://a.example/\_x", "https://a.example/%5C_x"),
        (r"[x](https://a.example/c\)d)", "x", "https://a.example/c)d"),
        (r"[x](https://a.example/\_y)", "x", "https://a.example/_y"),
        (r"\[y](https://a.example/e\)f)", "[y](https://a.example/e)f)", "https://a.example/e)f"),
    ],
)
def test_backslashes_in_addresses(source, shown, href) -> None:
    assert (plain(source), links(source)) == (shown, [href])


@pytest.mark.parametrize(
    "source", [r"[x](https://a.b\)c)", "https://a(b).example/", "https://a!b.example/"]
)
def test_what_can_be_no_host_is_no_link(source) -> None:
    assert not any("(" in each or ")" in each or "!" in each for each in links(source))


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "a@", "http://", "\u202ea.b ", "bank.example ", "[x.yz](http://a.b)"]
)
def test_it_costs_no_more_than_the_text(piece) -> None:
    def read(n: int) -> None:
        words = piece * (n // len(piece))
        for _ in range(5):
            real(words, EVIL, turned=True)

    assert costs_at_most(2.6, lambda: read(20_000), lambda: read(10_000))


def test_a_domain_that_the_host_belongs_to_deceives_nobody() -> None:
    assert plain("[example.org](https://blog.example.org/)") == "example.org (blog.example.org)"
    assert disguised("[example.org](https://blog.example.org/)") == []
    assert disguised("[blog.example.org](https://example.org/)") == ["example.org"]
