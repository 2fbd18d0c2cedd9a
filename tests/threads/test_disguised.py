"""Links that pretend: where they really lead stands beside them."""

from __future__ import annotations

import pytest

from commentsvc.threads.text import disguised, html, links, plain, unlinked
from commentsvc.threads.text.disguised import real
from tests.growth import costs_at_most
from tests.tables import every_row

EVIL = "https://evil.example/x"
FAKE = "p\u0430ypal.com"  # with a Cyrillic a
REAL = "xn--pypal-4ve.com"


def test_it_works() -> None:
    assert plain(f"[bank.example]({EVIL})") == "bank.example (evil.example)"
    assert "</a> (evil.example)" in html(f"[bank.example]({EVIL})")
    assert disguised(f"[bank.example]({EVIL}) and https://a.example/") == ["evil.example"]


@every_row(
    "words",
    [
        "bank.example", "https://bank.example/login", "go to bank.example now", "**bank**.example",
        "bank\u2024example", "bank\u3002example", "\uff42ank.example", "bank.\u200bexample",
        "bank\u00ad.example",
        "\u202eelpmaxe.knab", "\u202e\u2066elpmaxe.knab\u2069", "(bank.example)", "@bank.example",
        "bank.example:443", "https://bank.example@evil.example", "https://evil.example.bank.example",
        "`bank.example`", "evil.example or bank.example", "bank.example.", FAKE, "www.bank.example",
        "HTTPS://BANK.EXAMPLE", "mail@bank.example or bank.example", "\uff48ttps\uff1a//bank.example",
        "http://2130706433/", "0x7f.1", "127.1", "127.1/admin", "0177.0.0.1", "0xC0.0xA8.0.1", "192.168.257",
        "0x7f000001/login", "2130706433:80", "10.0.0x1", "[::1]", "[::ffff:7f00:1]:80",
        "\uff11\uff12\uff17.1", "http://[2001:db8::1]/", "93.184.216.034",
    ],
)  # fmt: skip
def test_words_that_name_another_host(words) -> None:
    source = f"[{words}]({EVIL})"
    assert plain(source).rstrip("\u202c\u2069").endswith(" (evil.example)"), plain(source)
    assert disguised(source) == ["evil.example"]
    assert not any(each in plain(source).partition(" (")[0] for each in "\u202e\u2066")


def test_what_turned_the_words_around_before_the_link() -> None:
    assert "(evil.example)" in plain(f"see \u202e[elpmaxe.knab]({EVIL})")


@pytest.mark.parametrize("sign", "\u202a\u202b\u202d\u2066\u2067\u2068")
def test_what_turns_no_latin_letters_around(sign: str) -> None:
    for address in ("HTTP://0A//", "https://evil.example/gro.knab//", "https://e.org/moc.bank"):
        assert " (" not in plain(sign + address), ascii(plain(sign + address))
    assert "(evil.example)" in plain(f"{sign}[bank.example]({EVIL})")


@every_row(
    "words",
    ["the article", "evil.example", "www.evil.example", "https://evil.example/other", "e.g. this", "v1.2",
     "a…b", "1.500 Euro", "EVIL.EXAMPLE", "ann@bank.example", "Firefox 127.1 is out", "Firefox 127.1",
     "iOS 10.1", "3.5/5", "1.2.3", "0xdeadbeef", "12345678", "2001::b", "0x7f.1.2.3.4.5"],
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


@every_row(
    "host",
    ["b\u00fccher.example", "\u4f8b\u3048.jp", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
     "\u00e9t\u00e9.fr", "\ud55c\uad6d.kr", "\u0645\u062b\u0627\u0644.example",
      "\u0131\u015f\u0131k.com.tr",
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


UNSEEN = """e0020 e0061 e0fff e0100 180b 180f 17b4 fff9 1d173 1bca0 13441 2800 115f 3164 ffa0 ad 200b 2064
    206f fe0f feff 34f 61c fffc 13430 110bd 16fe4 e0001""".split()  # noqa: SIM905


@every_row("sign", UNSEEN)
def test_what_nobody_sees_hides_no_host(sign: str) -> None:
    for words in (f"paypal{chr(int(sign, 16))}.com/login", f"pay{chr(int(sign, 16))}pal.com"):
        assert disguised(f"look at [{words}]({EVIL})") == ["evil.example"], sign
    for words in (
        f"paypal{chr(0x200A)}.com",
        f"paypal.{chr(0x2009)}com",
        f"paypal{chr(0x202F)}.org",
    ):
        assert disguised(f"[{words}]({EVIL})") == ["evil.example"]


@every_row(
    "dot", "\u06d4\u0660\u06f0\u0701\u0702\ua60e\ua4f8\u2e3c\u00b7\u2022\u2219\u30fb\uff61\ufe52"
)
def test_what_looks_like_a_dot_is_one(dot: str) -> None:
    assert disguised(f"[paypal{dot}com]({EVIL})") == ["evil.example"]


@every_row(
    "words",
    ["col\u00b7lecci\u00f3", "\u30b8\u30e7\u30f3\u30fb\u30b9\u30df\u30b9",
     "\u0661\u0660\u0660 \u0643\u062a\u0627\u0628",
     "\u0639\u0627\u0645\u0662\u0660\u0661\u0660\u0645\u0646",
     "\u06c1\u06d2\u06d4\u0627\u0648\u0631", "version 1.2.3", "10.0.19041.1", "999.1.1.1",
      "localhost is a word", "12.05.2024", "a 1.2.3.4.5"],
)  # fmt: skip
def test_what_is_no_dot_and_no_machine(words: str) -> None:
    assert disguised(f"[{words}]({EVIL})") == []


@every_row(
    "words",
    ["192.168.0.1", "http://10.0.0.1/", "localhost", "localhost:8080", "localhost/admin",
     "go to 8.8.8.8 now",
     "1.2.3.4:80", "1.2.3.4/login"],
)  # fmt: skip
def test_machines_are_hosts(words: str) -> None:
    assert disguised(f"[{words}]({EVIL})") == ["evil.example"]
    assert disguised("[127.0.0.1](http://127.0.0.1/)") == []


FAKES = [
    "\u0440\u0430\u0443\u0440\u0430l.com",
    FAKE,
    "g\u043e\u043egle.com",
    "xn--80ak6aa92e.com",
    "\u0430\u0440\u0440\u04cf\u0435.com",
]


@every_row("host", FAKES)
@every_row(
    "source",
    ["{}", "see {}.", "{}/login is fine", "https://{} is a fine site", "*{}* and more",
     "[x](https://{}/)", "HTTPS://{}",
     "www.{}"],
)  # fmt: skip
def test_a_host_drawn_like_another_deceives_wherever_it_stands(host: str, source: str) -> None:
    found = disguised(source.format(host))
    assert found and all("xn--" in each for each in found)
    assert "\n" not in plain(source.format(host))


def test_hosts_of_several_pieces_and_endings() -> None:
    for source in (
        "**\u0440\u0430\u0443\u0440\u0430l**.com",
        "\u0440aypal.\u0440\u0444",
        "p\u0430ypal.\u0441om",
        "\u2ca3aypal.com",
    ):
        assert disguised(source), source
        assert plain(source) == source.replace("*", "")


@every_row(
    "source",
    ["\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
     "https://\u043c\u043e\u0440\u0435.\u0440\u0444/",
     "\u041e\u043d \u0443 \u043c\u043e\u0440\u044f.\u0422\u0430\u043c",
     "\u0443 \u043c\u043e\u0440\u0435.\u041e\u043d\u0430",
     "\u0432\u043e\u0442google.com", "\u0e14\u0e39\u0e17\u0e35\u0e48google.com", "\u770bgoogle.com",
     "b\u00fccher.example", "\u0433\u0430\u0437\u0435\u0442\u0430.com",
     "https://\u0433\u0430\u0437\u0435\u0442\u0430.com/"],
)  # fmt: skip
def test_a_host_of_another_script_deceives_nobody(source: str) -> None:
    assert disguised(source) == []


@pytest.mark.parametrize(
    "host",
    ["a" * 64 + ".com", ".".join(["a" * 60] * 5), "a..b", "xn--a.com", "xn--zzzzzzzz9999.com", "xn--.com"],
)  # fmt: skip
def test_what_is_no_host_is_no_link(host: str) -> None:
    for source in (
        f"[words](http://{host}/x)",
        f"http://{host}/x",
        f"<http://{host}/x>",
        f"![words](http://{host}/x)",
    ):
        assert links(source) == []
        assert "<a" not in html(source)
    assert links(f"http://{'a' * 63}.com/") == [f"http://{'a' * 63}.com/"]


def test_addresses_between_too_much_markup_count() -> None:
    for joint in (" ", ""):
        source = f"[bank.example](http://evil.example){joint}" * 450
        assert links(source) == [] and "<a" not in html(source)
        assert unlinked(source) == ["http://evil.example/"] * 450
    assert unlinked("[bank.example](http://evil.example)") == []


@pytest.mark.parametrize("user", ["paypal.com", "paypal.com:x", "a%40b"])
def test_an_address_with_a_user_is_no_link(user) -> None:
    for source in (f"https://{user}@evil.example/x", f"[words](https://{user}@evil.example/x)"):
        assert links(source) == []


@every_row(
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
