"""Copies of pages open the conversation of their original, and gain nothing else by it."""

from __future__ import annotations

from commentsvc.threads.addresses.copies import original, translated
from commentsvc.threads.urls import canonical
from tests.tables import every_row

T = "_x_tr_sl=en&_x_tr_tl=de&_x_tr_hl=de&_x_tr_pto=sc"
PAGE = "https://news.example.org/2026/bridge?id=4&b=2"

#: An address of a copy, and the canonical address of the conversation that it opens.
COPIES = [
    (f"https://news-example-org.translate.goog/2026/bridge?id=4&b=2&{T}", PAGE),
    (f"https://news-example-org.translate.goog/2026/bridge?{T}&id=4&b=2#comments", PAGE),
    (f"https://my--site-example-org.translate.goog/a?{T}", "https://my-site.example.org/a"),
    (f"https://example-org.translate.goog/?{T}", "https://example.org/"),
    (f"https://1-cn--sec-com.translate.goog/a.html?_x_tr_enc=1&{T}", "https://cn-sec.com/a.html"),
    (f"https://0-mnchen--3ya-de.translate.goog/a?_x_tr_enc=0&{T}", "https://xn--mnchen-3ya.de/a"),
    (f"https://example-org.translate.goog/a?_x_tr_hp=very-long-&{T}", "https://very.long.example.org/a"),
    ("https://example-org.translate.goog/a?_x_tr_sch=http", "https://example.org/a"),
    ("https://translate.google.com/translate?sl=en&u=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1", "https://example.org/a?id=1"),
    ("https://translate.google.co.uk/translate?u=example.org/a&sl=en", "https://example.org/a"),
    ("https://webcache.googleusercontent.com/search?q=cache:AbC-1_dEfGhI:example.org/a+b", "https://example.org/a"),
    ("https://webcache.googleusercontent.com/search?q=cache:example.org/a", "https://example.org/a"),
    ("https://example-org.cdn.ampproject.org/c/s/example.org/a/b", "https://example.org/a/b"),
    ("https://example-org.cdn.ampproject.org/v/s/example.org/a?id=1&amp_js_v=0.1&usqp=mq331", "https://example.org/a?id=1"),
    ("https://cdn.ampproject.org/c/example.org/a", "https://example.org/a"),
    ("https://example-org.bing-amp.com/c/s/example.org/a", "https://example.org/a"),
    ("https://www.google.com/amp/s/example.org/a", "https://example.org/a"),
    ("https://web.archive.org/web/20240102030405/https://example.org/a?id=1", "https://example.org/a?id=1"),
    ("https://web.archive.org/web/20240102030405id_/http://www.example.org/a", "https://example.org/a"),
    ("https://web.archive.org/web/2024*/example.org/a", "https://example.org/a"),
    ("https://archive.ph/2024.01.02-030405/https://example.org/a", "https://example.org/a"),
    ("https://archive.ph/20240102030405/https://example.org/a", "https://example.org/a"),
    ("https://archive.today/o/AbCdE/https://example.org/a", "https://example.org/a"),
    (f"https://web-archive-org.translate.goog/web/2024/https://example.org/a?{T}", "https://example.org/a"),
]  # fmt: skip
#: Addresses that are their own.
PAGES = [
    "https://example.org/a",
    "https://translate.goog/a",
    "https://nodots.translate.goog/a",
    "https://a.news-example-org.translate.goog/a",
    "https://evil.translate.goog.example.org/c/s/example.net/a",
    "https://news-example-org.translate.goog.evil.example/a",
    "https://cdn.ampproject.org/c/s/nothing",
    "https://fakecdn.ampproject.org.evil.example/c/s/example.org/a",
    "https://web.archive.org/details/example",
    "https://webcache.googleusercontent.com/search?q=bridge",
    "https://www.google.com/search?q=example.org",
    "https://example.org/web/2024/https://example.net/a",
    "https://translate.google.com/translate?u=javascript:alert(1)",
    "https://web.archive.org/web/2024/https://user:word@example.org/a",
]


@every_row(("copy", "page"), COPIES)
def test_it_works(copy: str, page: str) -> None:
    assert canonical(copy).canonical == canonical(page).canonical
    assert canonical(canonical(copy).canonical, own=True).canonical == canonical(page).canonical


@every_row("href", PAGES)
def test_addresses_that_stand_for_themselves(href: str) -> None:
    assert original(href) == href


def test_what_a_copy_leads_to_is_opened_by_its_link() -> None:
    found = canonical(f"https://example-org.translate.goog/a?id=1&{T}")
    assert (found.href, found.origin) == ("https://example.org/a?id=1", "https://example.org")


@every_row(
    ("origin", "host"),
    [
        ("https://news-example-org.translate.goog", "news.example.org"),
        ("https://my--site-example-org.translate.goog", "my-site.example.org"),
        ("http://news-example-org.translate.goog", ""),
        ("https://news-example-org.translate.goog:8443", ""),
        ("https://1-example-org.translate.goog", ""),
        ("https://0-example-org.translate.goog", ""),
        ("https://a.news-example-org.translate.goog", ""),
        ("https://news-example-org", ""),
        ("https://a.news-example-org.translate.goog.evil.example", ""),
        ("https://example-org.cdn.ampproject.org", ""),
        ("https://webcache.googleusercontent.com", ""),
        ("https://web.archive.org", ""),
        ("null", ""),
    ],
)
def test_whose_pages_alone_an_origin_shows(origin: str, host: str) -> None:
    assert translated(origin) == ([f"https://{host}", f"http://{host}"] if host else [])
