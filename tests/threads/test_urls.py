"""Which addresses are one thread, which are not, and which are none."""
# ruff: noqa: SIM905

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commentsvc.core.addresses import joined, parts_of
from commentsvc.core.errors import Invalid
from commentsvc.sites.policy import Policy
from commentsvc.threads.addresses.copies import translated
from commentsvc.threads.addresses.tracking import is_tracking
from commentsvc.threads.urls import (
    DEFAULT,
    AddressRules,
    allowed_origin,
    canonical,
    host_of,
    is_public_address,
    origin_matches,
    origin_of,
    rules_of,
    same_origin,
)
from tests.leftovers import LEFT, WRITTEN
from tests.shared_data import shared, shared_lines
from tests.tables import every_row

ROWS = shared_lines("urls/canonical.jsonl")
EVERYTHING = AddressRules(
    keep_fragment=True,
    merge_index=True,
    case_insensitive_path=True,
    hosts=("example.org",),
    ignore_params=("sid*", "from"),
    aliases=(
        ("http://old.example.org/*", "https://example.org/blog/*"),
        ("/news/*", "/archive/*"),
        ("/a/*", "/b/*"),
        ("/b/*", "/a/*"),
        ("/grow/*", "/grow/x/*"),
        ("/p/*/c/*", "/*-*?from=1&k=2"),
    ),
)
NOTHING = AddressRules(
    drop_tracking=False, merge_www=False, merge_scheme=False, merge_slash=False, keep_fragment=True
)


def key(href: str, rules: AddressRules = DEFAULT, base: str | None = None) -> str:
    return canonical(href, rules=rules, base=base).canonical


def test_it_works() -> None:
    address = canonical("http://www.Example.org:80/2024/./News/?b=2&utm_source=x&a=1#comments")
    assert address.canonical == "https://example.org/2024/News?a=1&b=2"
    assert address.href == "http://www.example.org/2024/News/?b=2&a=1"
    assert address.origin == "http://www.example.org"


@every_row(
    "one, other",
    [
        ("http://example.org/a", "https://example.org/a"),
        ("https://example.org/a", "https://www.example.org/a/"),
        ("https://example.org", "https://example.org./"),
        ("https://example.org/a", "https://example.org:443/a"),
        ("http://example.org:443/a", "https://example.org:80/a"),
        ("https://example.org/a//b", "https://example.org/a/b"),
        ("https://example.org/x/../a", "https://example.org/a"),
        ("https://example.org/%252e%252e/a", "https://example.org/a"),
        ("https://example.org/~a", "https://example.org/%7ea"),
        ("https://example.org/ä", "https://example.org/%c3%a4"),
        ("https://example.org/ä", "https://example.org/%25C3%25A4"),
        ("https://example.org/a|b", "https://example.org/a%7Cb"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.org/?a=1&b=2", "https://example.org/?b=2&a=1"),
        ("https://example.org/?q=a+b", "https://example.org/?q=a%20b"),
        ("https://example.org/a?", "https://example.org/a#"),
        ("https://example.org/a", "https://example.org/a?&&"),
        ("https://example.org/a", "https://example.org/a?fb_comment_id=1_2#f3a"),
        ("https://example.org/a", "https://example.org/a?commentsvc=1"),
        ("https://example.org/a", "https://example.org/a?PHPSESSID=0123456789abcdef"),
        ("https://example.org/a", "https://example.org/a;jsessionid=1A2B.node1"),
        ("https://example.org/a", "https://example.org/(S(abcdefghijklmnopqrstuvwx))/a"),
        ("https://example.org/a?x=1", "https://example.org/a?x=1&amp;utm_medium=y"),
        ("example.org/a", "https://example.org/a"),
        ("//example.org/a", "https://example.org/a"),
        ("  https://example.org/\n a", "https://example.org/%20a"),
        (r"https:\\example.org\a", "https://example.org/a"),
        ("https://1.2.3", "https://1.2.0.3/"),
    ],
)
def test_one_page(one, other) -> None:
    assert key(one) == key(other)


@every_row(
    "one, other, rules",
    [
        ("https://example.org/?id=1", "https://example.org/?id=2", DEFAULT),
        ("https://example.org/?id=1", "https://example.org/", DEFAULT),
        ("https://example.org/?a", "https://example.org/?b", DEFAULT),
        ("https://example.org/?t=a&t=b", "https://example.org/?t=b&t=a", DEFAULT),
        ("https://example.org/?a=1%26b=2", "https://example.org/?a=1&b=2", DEFAULT),
        ("https://example.org/a%2Fb", "https://example.org/a/b", DEFAULT),
        ("https://example.org/a", "https://example.org/A", DEFAULT),
        ("https://example.org/", "https://blog.example.org/", DEFAULT),
        ("https://example.org/", "https://example.org:8080/", DEFAULT),
        ("https://www.org/", "https://org/", DEFAULT),
        ("https://example.org/", "https://example.org/index.html", DEFAULT),
        ("https://example.org/?page=2", "https://example.org/?p=2", DEFAULT),
        ("https://example.org/a", "https://example.org/a#!/b", EVERYTHING),
        ("https://example.org/a#one", "https://example.org/a#two", EVERYTHING),
        ("http://example.org/a", "https://example.org/a", NOTHING),
        ("https://example.org/a", "https://example.org/a/", NOTHING),
        ("https://www.example.org/a", "https://example.org/a", NOTHING),
        ("https://example.org/a?utm_source=x", "https://example.org/a", NOTHING),
        ("https://example.org/?a=1", "https://example.org/?a=2", AddressRules(keep_params=("a",))),
    ],
)
def test_what_is_held_apart_stays_apart(one, other, rules) -> None:
    assert key(one, rules) != key(other, rules)


def test_a_policy_says_how() -> None:
    assert rules_of(Policy()) == DEFAULT
    moved = (("/a", "/b"),)
    policy = Policy(keep_fragment=True, keep_params=("a",), ignore_params=("b",), aliases=moved)
    assert rules_of(policy) == AddressRules(
        keep_fragment=True, keep_params=("a",), ignore_params=("b",), aliases=moved
    )


def test_owners_rules() -> None:
    only = AddressRules(keep_params=("id", "x_*"))
    assert key("https://example.org/?z=1&id=2&x_y=3", only) == "https://example.org/?id=2&x_y=3"
    assert canonical("https://example.org/?z=1&utm_x=1&id=2", rules=only).href.endswith("?z=1&id=2")
    tracked = AddressRules(keep_params=("utm_page",))
    assert canonical("https://example.org/?utm_page=1", rules=tracked).href.endswith("utm_page=1")
    assert key("https://example.org/?from=1&sid9=2", EVERYTHING) == "https://example.org/"
    assert key("https://example.org/Index.PHP?id=1", EVERYTHING) == "https://example.org/?id=1"
    assert key("https://example.org/A%c3%9F", EVERYTHING) == "https://example.org/a%C3%9F"
    assert key("https://example.org/a#_=_", EVERYTHING) == "https://example.org/a"
    assert key("https://example.org/a#b:~:text=c", EVERYTHING) == "https://example.org/a#b"


@pytest.mark.parametrize(
    "href, expected",
    [
        ("http://old.example.org/2014/x?id=3&utm_a=1", "https://example.org/blog/2014/x?id=3"),
        ("https://www.old.example.org/", "https://example.org/blog"),
        ("https://example.org/p/1/c/2", "https://example.org/1-2?k=2"),
        ("https://example.org/news", "https://example.org/archive"),
        ("https://example.org/a/1", "https://example.org/a/1"),  # a circle is left alone
        ("https://example.org/grow/1", "https://example.org/grow/x/1"),
        ("https://veryold.example.org/x", "https://veryold.example.org/x"),
    ],
)
def test_moved_pages(href, expected) -> None:
    assert key(href, EVERYTHING) == expected


def test_a_moved_page_is_opened_where_it_is_now() -> None:
    address = canonical("http://old.example.org/x", rules=EVERYTHING)
    assert (address.href, address.origin) == ("https://example.org/blog/x", "https://example.org")
    broken = AddressRules(aliases=(("*", "x"), ("", ""), ("/x", "javascript:alert(1)")))
    assert key("https://example.org/x", broken) == "https://example.org/x"


@every_row(
    "href, expected",
    [
        ("/x", "https://site.example/x"),
        ("../x", "https://site.example/x"),
        ("?a=1", "https://site.example/dir/page.html?a=1"),
        ("#top", "https://site.example/dir/page.html"),
        ("article.html", "https://site.example/dir/article.html"),
        ("other.example/x", "https://other.example/x"),
        ("localhost:8000/x", "https://localhost:8000/x"),
        ("//other.example/x", "https://other.example/x"),
    ],
)
def test_relative_addresses(href, expected) -> None:
    assert key(href, base="https://site.example/dir/page.html") == expected


@every_row(
    "href",
    """{{ url }}|https://example.org/{{slug}}|%url%|https://example.org/%ad_url%/|<?php url() ?>
    |<%= url %>|${url}|https://example.org/#{id}|[permalink]|[object Object]|undefined|about:blank
    |javascript:alert(1)|java\tscript:alert(1)|data:text/html,x|mailto:a@example.org|ftp://example.org
    |http://|https:///|https://...|http://a:b@example.org|https://a@example.org|http://ex ample.org
    |http://example.org/\x00|http://example.org/\x1b|http://example.org/\ud800|foo|/path|?|http://256.1.1.1
    |http://example.org:99999|http://[::1""".split("|"),
)
def test_refused(href) -> None:
    with pytest.raises(Invalid) as refusal:
        canonical(href)
    assert refusal.value.detail.endswith(".") and refusal.value.field == "href"


def test_refused_for_its_length_and_for_its_scheme_on_a_base() -> None:
    for href in ("https://example.org/" + "a" * 2000, "https://example.org/" + "ä" * 700, " "):
        with pytest.raises(Invalid):
            canonical(href)
    with pytest.raises(Invalid):
        canonical("java\nscript:alert(1)", base="https://example.org/")


def test_the_pages_own_address_may_have_braces_in_it() -> None:
    assert key("https://example.org/%C3%A4b%20c") == "https://example.org/%C3%A4b%20c"
    own = canonical("https://example.org/?q={{x}}", own=True)
    assert own.canonical == key(own.canonical) == "https://example.org/?q=%7B%7Bx%7D%7D"


@pytest.mark.parametrize("rules", [DEFAULT, EVERYTHING, NOTHING], ids=["default", "all", "none"])
def test_canonical_is_a_fixed_point_on_every_shared_row(rules) -> None:
    for row in ROWS:
        for href in filter(None, (row["input"], row["output"])):
            try:
                once = canonical(href, base=row.get("base"), rules=rules)
            except Invalid:
                continue
            assert canonical(once.canonical, rules=rules).canonical == once.canonical, href
            assert canonical(once.href, rules=rules).canonical == once.canonical, href


def test_same_resource_by_the_url_standard_is_one_thread() -> None:
    for row in ROWS:
        if row["set"] not in ("semantic_precise", "whatwg") or not row["output"]:
            continue
        if not row["input"].isascii():  # rows that were read in a wrong encoding
            continue
        try:
            pair = key(row["input"], base=row.get("base")), key(row["output"])
        except Invalid:  # other schemes, credentials, control characters
            continue
        assert pair[0] == pair[1], row


PIECES = st.sampled_from(
    "/ // . .. %2e %252e %2F %25 % %% a A ä %C3%A4 index.html ;jsessionid=1 ( ) (S(abcdefghijklmnop"
    "qrstuvwx)) ? & = ?a=1 &b=2 &utm_x=1 &a=%26 + %20 # #! #b _=_ : @ www. \\ * [ ] | ^ ` \u202e "
    "/amp /amp/ /AMP .amp .amp.html &amp=1 ?amp &share=x &nb=1 &m=1 /2020/01/a.html &si=aB m.example.org "
    "%7Burl%7D old.example.org /p/ /c/ /a/ /b/ /grow/ & amp; %3Futm_a=1".split(" ")
)
ADDRESSES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "//", ""]),
    st.sampled_from(
        [
            "example.org",
            "m.example.org",
            "amp.www.m.example.org",
            "www.www.example.org.",
            "old.example.org:80",
            "x.org:443",
        ]
    ),
    st.sampled_from(["/", "?", "#", ""]),
    st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=12).map("".join)),
)


@example("http://example.org/.;JSESSIONID=", DEFAULT)
@example("http://example.org/x//amp/index.html/AMP/", EVERYTHING)
@example("http://example.org/%252E/amp", DEFAULT)
@example("http://example.org/a/%25252e%252e/amp", DEFAULT)
@example("http://example.org/2020/01/a.html/?m=1", DEFAULT)
@example("http://amp.m.www.example.org/x", EVERYTHING)
@example("http://example.org/x/.amp.html.amp", DEFAULT)
@example("http://example.org/a/..;jsessionid=1/b", DEFAULT)
@example("http://example.org/a/(abcdefghijklmnopqrstuvwx)/..;jsessionid=1", DEFAULT)
@given(ADDRESSES, st.sampled_from([DEFAULT, EVERYTHING, NOTHING]))
def test_canonical_is_a_fixed_point(href, rules) -> None:
    try:
        once = canonical(href, rules=rules, own=True)
    except Invalid:
        return
    assert canonical(once.canonical, rules=rules, own=True).canonical == once.canonical
    assert canonical(once.href, rules=rules, own=True).canonical == once.canonical
    assert once.canonical.isascii() and once.href.isascii()


MANY = "https://example.org/a?" + "&".join(f"p{n}={n}" for n in range(150))
BROKEN = st.lists(
    st.sampled_from(
        ["http://", "https:", "//", "[", "]", "[::1", "@", ":", ":99999999", "\x00", "\ud800", "\u2100",
         "\ufe13", "xn--", "a" * 70, ".translate.goog", "translate.google.com/translate?u=", "%", "%zz",
         "web.archive.org/web/2020/", "?", "#", "/", "\\", "&a=1" * 120, "_x_tr_enc=0", "*", "1.2.3.999"]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@example(MANY, None)
@example("http://[", None)
@given(
    st.one_of(st.text(max_size=40), BROKEN), st.sampled_from([None, "https://example.org/a", "//["])
)
def test_every_text_is_an_address_or_invalid(href, base) -> None:
    for read in (
        lambda: canonical(href, base=base),
        lambda: canonical(href, base=base, own=True, rules=EVERYTHING),
        lambda: host_of(href),
    ):
        with suppress(Invalid):
            read()
    translated(href)
    parts_of(href)
    joined(base or "", href)


def test_any_number_of_parameters() -> None:
    assert key(MANY).count("=") == 150
    copy = MANY.replace("example.org", "example-org.translate.goog") + "&_x_tr_sl=en"
    assert key(copy) == key(MANY)


NAMES = ["utm_source", "fbclid", "gclid", "fb_action_ids", "mc_eid", "msclkid", "_ga", "oly_enc_id"]


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("12ä+")), max_size=4),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
    st.randoms(use_true_random=False),
)
def test_tracking_never_splits_a_thread(params, names, random) -> None:
    plain = [f"{name}={value}" for name, value in params]
    tracked = list(plain)
    for name in names:
        tracked.insert(random.randint(0, len(tracked)), f"{name}=x9")
    wanted = key("https://example.org/a?" + "&".join(plain))
    assert key("https://example.org/a?" + "&".join(tracked)) == wanted


def test_tracking_names() -> None:
    assert all(map(is_tracking, [*NAMES, "%3Futm_id", "?utm_id", "UTM_Source", "fb_comment_id"]))
    kept = "id p page q lang ref category tag v article item post_id s action name topic amp mcid"
    assert not any(map(is_tracking, kept.split()))
    if found := shared("urls/tracking-params-global.json"):
        for rule in json.loads(found.read_text("utf-8"))["rules"]:
            example = re.sub(r"\(\?:%3F\)\?|\[a-z_?\][?*]", "", rule)
            example = re.sub(r"\(\?:(\w+)\|\w+\)", r"\1", example)
            assert is_tracking(example), rule


@every_row(
    "origin, allowed, expected",
    [
        ("https://example.org", "https://example.org", True),
        ("https://example.org", "example.org", True),
        ("https://EXAMPLE.org:443", "https://example.org/", True),
        ("https://bücher.example", "https://xn--bcher-kva.example", True),
        ("http://example.org", "https://example.org", False),
        ("https://example.org:8443", "https://example.org", False),
        ("https://www.example.org", "https://example.org", False),
        ("https://a.b.example.org", "https://*.example.org", True),
        ("https://example.org", "https://*.example.org", False),
        ("https://evilexample.org", "https://*.example.org", False),
        ("https://a.evilexample.org", "https://*.example.org", False),
        ("https://example.org.evil.example", "https://*.example.org", False),
        ("https://example.org@evil.example", "https://example.org", False),
        ("http://localhost:5173", "http://localhost:*", True),
        ("http://localhost", "http://localhost:*", True),
        ("http://127.0.0.1:81", "http://127.0.0.1:80", False),
        ("http://[::1]:81", "http://[::1]:*", True),
        ("null", "*", False),
        ("https://example.com", "https://*.com", False),
        ("", "", False),
        ("file:///x", "https://example.org", False),
    ],
)
def test_origins(origin, allowed, expected) -> None:
    assert origin_matches(origin, allowed) is expected


@every_row(
    "entry",
    "* https://* https://*.org https://example.org/x https://a*.org https:// https://*.1.2.3.4 "
    "ftp://example.org https://a@example.org https://ex%20ample.org".split(" "),
)
def test_no_such_entry(entry) -> None:
    with pytest.raises(Invalid):
        allowed_origin(entry)


def test_one_origin() -> None:
    assert origin_of("HTTP://Example.org:80/x?y#z") == "http://example.org"
    assert same_origin("https://example.org/a", "https://example.org:443/b")
    assert not same_origin("https://example.org", "http://example.org")
    assert not same_origin("null", "null")
    assert host_of("https://BÜCHER.example.:8080/") == "xn--bcher-kva.example"


def test_outgoing_calls_reach_public_addresses_only() -> None:
    assert all(map(is_public_address, ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111"]))
    refused = """127.0.0.1 127.1 0 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
    192.0.0.8 192.0.2.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 2130706433 0x7f000001
    017700000001 0x8.0x8.0x8.0x8 010.8.8.8 8.8.8.8.  ::1 :: ::ffff:127.0.0.1 ::ffff:8.8.8.8
    ::7f00:1 64:ff9b::7f00:1 64:ff9b:1::7f00:1 2002:7f00:1:: 2001:0:7f00:1:: fe80::1 fe80::1%eth0
    2606:4700::1%eth0 fc00::1 fd00::1 ff02::1 2001:db8::1 3fff::1 [::1] localhost example.org""".split()
    assert [address for address in [*refused, "", " 8.8.8.8"] if is_public_address(address)] == []
    funky = [row["input"] for row in ROWS if row["set"] == "funky_ipv4"]
    assert not any(map(is_public_address, funky))


@every_row("href", LEFT)
def test_what_a_template_left_behind(href: str) -> None:
    with pytest.raises(Invalid) as refusal:
        canonical(href)
    assert refusal.value.key == "invalid.address_template"


@every_row("href", WRITTEN)
def test_what_only_looks_like_it(href: str) -> None:
    assert canonical(href).origin == "https://blog.example.org"


@pytest.mark.parametrize(
    ("rule", "href", "expected"),
    [
        (("/*", "/blog/*.html"), "https://e.org/x/", "https://e.org/blog/x.html"),
        (("/*", "/blog/*.html"), "https://e.org/blog/x.html", "https://e.org/blog/x.html"),
        (
            ("/2016/*", "/archive/*.html"),
            "https://e.org/2016/x?p=1",
            "https://e.org/archive/x.html?p=1",
        ),
        (("/a/*", "/*"), "https://e.org/a/x", "https://e.org/x"),
        (("https://e.org/?p=*", "/p/*"), "https://e.org/?p=2", "https://e.org/p/2"),
    ],
)
def test_a_rule_is_applied_once_and_before_the_query(rule, href, expected) -> None:
    rules = AddressRules(aliases=(rule,))
    assert canonical(href, rules=rules).canonical == expected
    assert canonical(expected, rules=rules, own=True).canonical == expected


@every_row(
    "query",
    ["from=singlemessage&isappinstalled=0", "__cft__[0]=AZ&__tn__=R", "__cft__%5B0%5D=A", "at_medium=x",
     "__xts__[0]=68.A", "openstat=1", "ymclid=1", "fref=nf", "hc_ref=ARQ", "rdid=a", "wxshare_count=2",
     "spref=fb", "dicbo=v2-1", "irgwc=1&irclickid=a", "cjevent=a", "ranMID=1&ranEAID=2&ranSiteID=3",
     "mkcid=1&mkrid=2", "_bhlid=a", "adjust_tracker=a&adjust_campaign=b", "sms_source=a",
     "hootPostID=a", "cx_recsOrder=0", "emci=a&emdi=b", "feature=share", "feature=youtu.be",
     "gps-source=a", "amp%3Butm_source=a", "share_token=a", "doing_wp_cron=1", "int_source=a",
     "klaviyo_id=a", "tt_medium=a&tt_content=b", "bx_sender_conversion_id=a", "replytocom=3",
     "unapproved=4&moderation-hash=ab", "_x_tr_sl=en&_x_tr_tl=de&_x_tr_hl=de"],
)  # fmt: skip
def test_what_sharing_adds_splits_no_thread(query) -> None:
    assert canonical(f"https://e.org/a?{query}").canonical == "https://e.org/a"
    for page in ("from=2020", "feature=maps", "s=09", "ref=a", "id=openstat", "source=rss"):
        assert canonical(f"https://e.org/a?{page}").canonical == f"https://e.org/a?{page}"


@pytest.mark.parametrize(
    "path", ["cafe\u0301", "caf\u00e9", "cafe%CC%81", "caf%C3%A9", "cafe%cc%81"]
)
def test_letters_and_their_marks_are_one_path(path) -> None:
    assert (
        canonical(f"https://e.org/{path}?q={path}").canonical
        == "https://e.org/caf%C3%A9?q=caf%C3%A9"
    )


@every_row(
    "variant",
    [
        "x?amp", "x?amp=1", "x?amp=true", "x?amp&share=twitter&nb=1", "x?outputType=amp",
        "x?_amp=1", "x?isAmp=true", "x?noamp=mobile", "x/amp", "x/amp/", "x/amp?amp_js_v=a6", "x/amp?amp=1",
        "x?share=facebook", "x?share=jetpack-whatsapp&nb=1", "x?nb=1&share=reddit", "x?si=AbCd_9fGhIjKlMnO",
        "x?ref_src=twsrc%5Etfw", "x?mc_cid=1&mc_eid=2", "x?_ga=2.1.3", "x?_gl=1*abc", "x?srsltid=Af",
        "x?fbclid=1", "x?wprov=sfla1", "x?trk=public_post", "x?smid=tw-share", "x?ns_source=twitter",
        "x?_branch_match_id=1", "x?sfnsn=wa", "x?amp;share=twitter",
    ],
)  # fmt: skip
def test_ways_to_show_or_share_a_page_are_one_thread(variant) -> None:
    address = canonical(f"https://e.org/2024/{variant}")
    assert address.canonical == "https://e.org/2024/x"
    assert canonical(address.href).canonical == address.canonical


def test_pages_that_only_look_like_it_stay_apart() -> None:
    apart = """amp amp/ amp-review x/amp-review x/amp/y amps x/amps x/AMP x?amp=10 x?amp=12v x?output=pdf
    x?type=amplifier x?share=42 x?share=x9 x?nb=1 x?nb=2&share=twitter x?si=12 x?m=1
    x?page=amp x?view=list x?view=amp x?type=amp x?mode=amp x?format=amp x?output=amp
    x?version=amp x?variant=amp x.amp x/amp?id=1 x/amp?id=2 x/amp/?id=3 y/x.amp
    x?share=42&nb=2 x.example amp.html x?mode=dark""".split()
    keys = [key(f"https://e.org/{each}") for each in apart]
    assert len(set(keys)) == len(keys) - 1  # amp and amp/
    assert "https://e.org/x" not in keys and "https://e.org" not in keys


def test_an_owner_keeps_amp_pages_apart() -> None:
    rules = rules_of(Policy(keep_amp=True))
    assert key("https://e.org/guitar/amp", rules) == "https://e.org/guitar/amp"
    kept = "guitar?amp=1 guitar?amp guitar?isAmp=true a?outputType=amp gear/amp wiki/Pre.amp.html".split()
    for address in (f"https://e.org/{each}" for each in kept):
        assert key(address, rules) == canonical(address, rules=rules).href == address
        assert key(address) != address
    assert key("https://e.org/a?fbclid=1&m=2", rules) == "https://e.org/a?m=2"
    hosts = replace(rules, hosts=("e.org",))
    assert key("https://amp.e.org/a", hosts) != key("https://m.e.org/a", hosts) == "https://e.org/a"
    assert key("https://e.org/guitar?amp=1", AddressRules(keep_params=("amp",))).endswith("?amp=1")


def test_an_owner_says_what_else_is_an_amp_page() -> None:
    moved = (
        ("https://e.org/wiki/*.amp", "https://e.org/wiki/*"),
        ("/*?format=amp", "/*"),
        ("/gear/amp?id=*", "/gear?id=*"),
    )
    rules = AddressRules(aliases=moved)
    for variant, page in (
        ("wiki/Pre.amp", "wiki/Pre"),
        ("a/b?format=amp", "a/b"),
        ("gear/amp?id=1", "gear?id=1"),
    ):
        assert key(f"https://e.org/{variant}") != key(f"https://e.org/{page}")
        assert key(f"https://e.org/{variant}", rules) == key(f"https://e.org/{page}", rules)


def test_bloggers_pages_for_phones() -> None:
    assert key("https://b.example/2020/01/a.html?m=1") == "https://b.example/2020/01/a.html"
    assert key("https://b.example/2020/01/a.html?m=0") == "https://b.example/2020/01/a.html"
    assert key("https://b.example/2020/01/a.html?m=2") != "https://b.example/2020/01/a.html"
    assert key("https://b.example/list?m=1") != key("https://b.example/list")


@pytest.mark.parametrize(
    "host", ["m.e.org", "amp.e.org", "mobile.e.org", "www.m.e.org", "m.www.e.org"]
)
def test_hosts_for_phones_are_one_page_where_the_site_lists_the_main_one(host) -> None:
    listed = rules_of(Policy(), ["https://www.e.org", f"https://{host}"])
    address = canonical(f"https://{host}/x", rules=listed)
    assert (address.canonical, address.origin) == ("https://e.org/x", f"https://{host}")
    for origins in ([f"https://{host}"], ["https://*.e.org"], ["https://other.example"]):
        assert key(f"https://{host}/x", rules_of(Policy(), origins)) != "https://e.org/x"


@given(
    st.sampled_from(["", "?a=1", "?a=1&b=2"]),
    st.sampled_from(["/amp", "/amp/", ".amp.html", ""]),
    st.lists(
        st.sampled_from(
            ["amp=1", "amp", "outputType=amp", "share=x&nb=1", "si=aB9", "_ga=1", "fbclid=2"]
        )
    ),
)
def test_variants_never_split_a_thread_and_never_merge_two(query, path, more) -> None:
    tail = "&".join([*query[1:].split("&"), *more]).strip("&")
    found = key(f"https://e.org/a/b{path}?{tail}")
    page = (
        path if query and path.startswith("/amp") else path.removeprefix("/amp").replace(".amp", "")
    )
    assert found == key(f"https://e.org/a/b{page}{query}")
    assert found != key(f"https://e.org/a{query}")


@pytest.mark.parametrize("path", ["/a/amp/amp/amp", "/a.amp.amp.html", "/a" + "/amp" * 450])
def test_a_page_that_links_to_its_amp_page_again_and_again(path) -> None:
    assert key(f"https://example.org{path}") in (
        "https://example.org/a",
        "https://example.org/a.html",
    )
