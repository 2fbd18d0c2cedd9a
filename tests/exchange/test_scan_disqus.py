"""Pages that were written for Disqus, looked at: the line to change in all its forms, each conversation."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.exchange.scan.disqus import read_disqus
from commentsvc.exchange.scan.report import scan
from tests.exchange.test_scan import OURS, PAGE, codes, look, spots
from tests.shared_data import shared
from tests.tables import every_row

CLASSIC = """<div id="disqus_thread"></div><script>
/* var disqus_identifier = 'commented out'; */
var disqus_shortname = 'My-Blog', disqus_identifier = "bridge & more";
// var disqus_url = 'http://example.com/';
(function () { var dsq = document.createElement('script');
  dsq.src = '//' + disqus_shortname + '.disqus.com/embed.js'; document.head.append(dsq); })();
</script><noscript><a href="https://my-blog.disqus.com/?url=ref">comments</a></noscript>"""


def test_it_works() -> None:
    found = look(f'<html>{CLASSIC}<a href="/b#disqus_thread">1</a></html>')
    box, count = spots(found)
    assert (box.kind, box.line, box.thread) == ("box", 1, "bridge & more")
    assert box.attributes == {"forum": "my-blog", "identifier": "bridge & more"}
    assert (count.kind, count.thread) == ("count", "https://blog.example.org/b")
    [change] = found.changes
    assert change.old == "'//' + disqus_shortname + '.disqus.com/embed.js"
    assert change.new == "'//comments.example.org/' + disqus_shortname + '/embed.js"
    assert not codes(found) and not found.tag and json.dumps(found.as_dict())


@every_row(
    ("old", "new"),
    [
        ("https://My-Blog.disqus.com/embed.js", f"{OURS}/my-blog/embed.js"),
        ("http://x.disqus.com/count.js?https", f"{OURS}/x/count.js?https"),
        (
            "//{{ .Site.Params.d }}.disqus.com/embed.js",
            "//comments.example.org/{{ .Site.Params.d }}/embed.js",
        ),
        (
            "//<?php echo $x; ?>.disqus.com/embed.js",
            "//comments.example.org/<?php echo $x; ?>/embed.js",
        ),
        ("`https://${short}.disqus.com/embed.js`", "`" + OURS + "/${short}/embed.js`"),
        (
            "'//'+ a.b('c') +'.disqus.com/embed.js'",
            "'//comments.example.org/'+ a.b('c') +'/embed.js'",
        ),
        ("'http://' + n + \".disqus.com/embed.js\"", f"'{OURS}/' + n + \"/embed.js\""),
        ("http://disqus.com/forums/x/embed.js", f"{OURS}/disqus/x/embed.js"),
        ("'http://disqus.com/forums/' + n + '/count.js'", f"'{OURS}/disqus/' + n + '/count.js'"),
        ("https://disqus.com/?ref_noscript", "https://disqus.com/?ref_noscript"),
        ("https://x.disqus.com/?url=ref", "https://x.disqus.com/?url=ref"),
    ],
)
def test_every_form_of_the_address(old: str, new: str) -> None:
    text = f"<script>s.src = {old}</script>"
    for each in read_disqus(text, OURS).replacements:
        text = text.replace(each.old, each.new)
    assert text == f"<script>s.src = {new}</script>"


def test_the_real_pages() -> None:
    folder = shared("disqus-pages")
    if folder is None:
        pytest.skip("the real pages are not here")
    for name, wanted in json.loads((folder / "expected.json").read_text("utf-8")).items():
        names = [name, *wanted.get("site_files", {}).values()]
        text = "\n".join((folder / each).read_text("utf-8") for each in names)
        changed = expected = text
        for each in read_disqus(text, OURS).replacements:
            changed = changed.replace(each.old, each.new)
        for before, after in wanted["address_change"]:
            expected = expected.replace(before, after)
        assert changed == expected, name


def test_what_is_said_of_a_page() -> None:
    loader = "<script src='https://x.disqus.com/embed.js'></script>"
    place = "<div id=disqus_thread></div>"
    assert codes(look(loader)) == {"disqus_no_container"}
    said = "<script>disqus_config = function () { this.page.url = PAGE_URL }</script>"
    [box] = spots(look(place + said + loader))
    assert box.thread is None and {each.code for each in box.notes} == {"disqus_computed"}
    said = "<script>disqus_identifier = '{{ page.id }}'; c.page.remote_auth_s3 = x;</script>"
    assert codes(look(place + said + loader)) == {"disqus_placeholder", "disqus_sign_in"}
    said = "<script>disqus_url = '${location.href}'</script>"
    [box] = spots(look(place + said + loader))
    assert box.thread is None and {each.code for each in box.notes} == {"disqus_placeholder"}
    [box] = spots(look(place + loader, url="https://blog.example.org/a?page=2"))
    assert box.thread == "https://blog.example.org/a?page=2"
    strict = '<meta http-equiv="Content-Security-Policy" content="script-src x.disqus.com">'
    assert codes(look(strict + place + loader)) == {"csp"}
    for component in ("disqus-react", "vue3-disqus", "react-disqus-comments"):
        found = look(f"import {{ DiscussionEmbed }} from '{component}'")
        assert codes(found) == {"disqus_component"}
        assert f'"{component}"' in json.dumps(found.as_dict())
    stranger = look(place + loader, is_of=lambda _: False)
    assert stranger.totals["pages_with_problems"] == 1
    empty = "<script src='//x.disqus.com/recommendations.js'></script>"
    assert codes(look(empty)) == {"disqus_empty"}
    assert not look("<p>We have left Disqus.</p>", url=PAGE).pages


@given(st.text("<>/'\"`+.{}$%?;=disquco embed.js\n", max_size=200))
def test_it_never_raises(text: str) -> None:
    look(f"disqus {text}")


def test_several_identifiers_of_one_page_are_told() -> None:
    page = (
        "\n<div id=disqus_thread></div><script>disqus_identifier='{}'</script>"
        "<script src=//x.disqus.com/embed.js></script>"
    )
    pages = [
        (name, f"https://blog.example.org/{path}", page.format(key))
        for name, path, key in (
            ("1", "a", "one"),
            ("2", "a/?utm_source=x", "two"),
            ("3", "b", "one"),
        )
    ]
    found = scan(pages, server=OURS)
    assert [each.pages for each in found.changes] == [3]
    assert found.apart == {"https://blog.example.org/a": ["one", "two"]}
    assert found.shared == {"one": 2} and json.dumps(found.as_dict())
