"""A style sheet of a site's own: hostile ones do nothing, honest ones are served as meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.core.errors import Invalid
from commentsvc.sites.look.colors import contrast, rgb_of
from commentsvc.sites.look.looks import css_of
from commentsvc.sites.look.sheets import MOST_BYTES, check, sheet_of
from commentsvc.sites.policy import Policy, check_shown
from tests.tables import every_row

LIGHT, DARK = "[data-scheme=light]:root", "[data-scheme=dark]:root"

#: None of it may be served, not even in part.
HOSTILE = [
    f".by{{padding:{'9' * 5000}px}}",
    # fetches of others' files
    "@import url(//evil.example/x.css);",
    '@import "//evil.example/x.css" screen;',
    "@font-face{font-family:x;src:url(//evil.example/x.woff)}",
    ".by{background:url(//evil.example/?by)}",
    '.by{background:url("//evil.example/?by")}',
    ".by{background:\\75rl(//evil.example)}",
    ".by{background-image:image-set('//evil.example/x' 1x)}",
    ".by{background:-webkit-image-set(url(//evil.example/x) 1x)}",
    ".by{border-image:url(//evil.example/x) 1}",
    ".by{list-style:url(//evil.example/x)}",
    ".by{cursor:url(//evil.example/x),auto}",
    ".by{background:var(--x,url(//evil.example/x))}",
    ".by{--x:url(//evil.example/x)}",
    ":root{--ink:url(//evil.example/x)}",
    ":root{--soft:#000}",
    ".by{filter:url(//evil.example/x#f)}",
    ".by{mask:url(//evil.example/x)}",
    # reading what is on the page
    ".field:has(textarea:focus){color:#123456}",
    'textarea[name^="a"]{color:#123456}',
    '.by[data-by*="x"]{color:#123456}',
    "#box[data-barred]{color:#123456}",
    ".text a:visited{color:#123456}",
    # hiding marks and buttons
    ".guest{display:none}",
    ".guest{visibility:hidden}",
    ".guest{opacity:0}",
    ".guest{font-size:0}",
    ".guest{font-size:1px}",
    ".guest{font-size:.1em}",
    ".guest{font:0/0 a}",
    ".badge{color:transparent}",
    ".badge{color:#ffffff00}",
    ".badge{color:rgb(0 0 0/0)}",
    ".badge{-webkit-text-fill-color:transparent}",
    ".edited{clip-path:inset(100%)}",
    ".edited{text-indent:-9999px}",
    ".edited{transform:scale(0)}",
    ".edited{width:0;overflow:hidden}",
    ".edited{height:0}",
    ".edited{line-height:0}",
    ".edited{letter-spacing:-1em}",
    ".edited{max-height:0;contain:strict}",
    ".guest{font-family:Wingdings,sans-serif}",
    '.guest{font-family:"Adobe Blank",sans-serif}',
    ".guest{content-visibility:hidden}",
    "@media (prefers-color-scheme:light){.badge{color:#fff}}",
    "@media (prefers-color-scheme:dark){.badge{color:#333}}",
    ".own{display:none}",
    ".c.pending .own{color:#000}",
    '[data-action="flag"]{display:none}',
    ".comment footer button:nth-child(3){display:none}",
    "*{display:none}",
    ".comment *{color:#000}",
    # covering what is there
    ".note{position:fixed;inset:0;z-index:9}",
    ".note{position:absolute;top:0}",
    ".note{position:sticky}",
    ".by::after{content:'Editor';position:absolute}",
    ".by:before{content:attr(id)}",
    ".note{margin-top:-400px}",
    ".face{margin-inline-start:40px}",
    ".comment{padding-inline-start:0}",
    ".note{box-shadow:0 0 0 9999px #000}",
    ".note{box-shadow:inset 0 0 0 400px #000}",
    ".note{box-shadow:0 0 24px 2px #000}",
    ".note{outline:900px solid #000}",
    ".note{border-top:900px solid #000}",
    ".note{padding:9999px}",
    ".replies{padding-inline-start:200px}",
    ".do{color:#fff}",
    ".do{background:#fff}",
    ".do{color:#ffffff;background:#eeeeee}",
    ".text{background:#888}",
    ".text{background:rgb(255 255 255/.5)}",
    ".text{background:linear-gradient(#000,#000)}",
    ".text{border-radius:400px}",
    # motion, other rules, and what confuses readers of CSS
    ".by{animation:x 1s infinite}",
    "@keyframes x{from{opacity:0}}",
    ".by{transition:all 99s}",
    "@layer x{.by{color:#123456}}",
    "@supports (display:grid){.by{color:#123456}}",
    "@container (min-width:1px){.by{color:#123456}}",
    "@page{margin:0}",
    "@namespace x url(//evil.example);",
    "@media print{.by{color:#123456}}",
    "@media (min-width:1px),(max-width:9px){.by{color:#123456}}",
    "@media (hover){.by{color:#123456}}",
    "@media (min-width:1px){@media (hover){.by{color:#123456}}}",
    "@media (min-width:1px){@import url(//evil.example);}",
    ".by{color:red !important}",
    ".by{color:expression(alert(1))}",
    ".by{behavior:url(#default)}",
    ".by{-moz-binding:url(//evil.example)}",
    ".by{&:hover{color:#123456}}",
    "</style><script>alert(1)</script>",
    ".by{color:red</style><script>alert(1)</script>",
    ".by</style>{color:#123456}",
    '.by{font-family:"</style><script>",serif}',
    '.by{font-family:"a\\",url(x)",serif}',
    ".by{font-size:1e999px}",
    ".by{font-size:calc(1px*0)}",
    ".by{font-size:var(--x)}",
    ".by{all:unset}",
    "html{color:#123456}",
    "body{margin:48px}",
    ".x .by{color:#123456}",
    "> .by{color:#123456}",
    ".by >{color:#123456}",
    ".by > > a{color:#123456}",
    ".by,{color:#123456}",
    "p{color:#123456}",
    ".by ~ .at{color:#123456}",
    ".by|a{color:#123456}",
    ":root:has(.by){--ink:#123456}",
    ":not(.x) .by{color:#123456}",
    "(" * 5000,
    "{" * 20_000,
    ".by{color:" + "rgb(" * 3000,
    ".by{color:#123456}" * 2000,
    "\0",
]

HONEST = [
    (".by{font-weight:700}", ":root:root .by{font-weight:700}"),
    (".by a{color:#0b3d2e}", f"{LIGHT} .by a{{color:#0b3d2e}}"),
    (".by a{color:#0b3d2e}", f"{DARK} .by a{{color:#7cad9a}}"),
    (":root{--accent:teal}", f"{DARK}{{--accent:#"),
    (
        ':root{--serif:"Playfair Display",Georgia,serif}',
        '--serif:"Playfair Display","Georgia",serif',
    ),
    (
        ".text{background:#f0f2f5;border-radius:12px;padding:8px 12px}",
        f"{LIGHT} .text{{background-color:#f0f2f5}}",
    ),
    (
        ".text{background:#f0f2f5;border-radius:12px;padding:8px 12px}",
        ":root:root .text{border-radius:12px;padding:8px 12px}",
    ),
    (
        "@media (prefers-color-scheme:dark){.text{background:#2a2a2a}}",
        f"{DARK} .text{{background-color:#2a2a2a}}",
    ),
    (
        "@media screen and (min-width: 48rem){.list > .c{padding:16px}}",
        "@media (min-width:48rem){:root:root .list>.c{padding:16px}}",
    ),
    (
        ".list > .c + .c{border-top:3px double currentColor}",
        ".list>.c+.c{border-top:3px double currentcolor}",
    ),
    (
        ".do{background:#000;color:#fff;border-radius:999px}",
        "color:#ffffff;background-color:#000000",
    ),
    (".badge{text-transform:uppercase;letter-spacing:.08em}", "letter-spacing:0.08em"),
    (".badge.b-editor{color:#7a1f1f}", f"{LIGHT} .badge.b-editor{{color:#7a1f1f}}"),
    (".comment footer button:hover{color:red}", ".comment footer button:hover{color:#"),
    (".field{border:2px solid var(--accent)}", "border:2px solid var(--accent)"),
    (
        ".note{box-shadow:0 2px 8px #0003;border:0}",
        "box-shadow:0 2px 8px #00000033;border:0",
    ),
    (".note{box-shadow:4px 4px 0 #000}", "box-shadow:4px 4px 0 #000000"),
    (".face{border-radius:4px}", ".face{border-radius:4px}"),
    (".text{font-size:1.125rem;line-height:1.7}", "font-size:1.125rem;line-height:1.7"),
    (".text{font-family:Atkinson Hyperlegible,sans-serif}", '"Atkinson Hyperlegible",sans-serif'),
    (
        "/* a note */ .top, .foot { border-color : var( --line ) }",
        ":root:root .top,:root:root .foot{border-color:var(--line)}",
    ),
    (
        ".text blockquote{font-style:italic;color:var(--mute)}",
        ".text blockquote{color:var(--mute)}",
    ),
    (".comment{background:var(--soft);padding-block:8px}", "background-color:var(--soft)"),
    ("@media (max-width:480px){.top{gap:4px 8px}}", "gap:4px 8px"),
]


@every_row("css", HOSTILE)
def test_a_hostile_sheet_does_nothing(css: str) -> None:
    sheet = sheet_of(css)
    assert sheet.css == "" and sheet.problems
    with pytest.raises(Invalid):
        check_shown("own_css", css)
    assert css_of(Policy(own_css=css)) == ""


@every_row(("css", "served"), HONEST)
def test_an_honest_sheet_is_served(css: str, served: str) -> None:
    sheet = sheet_of(css)
    assert [each.values for each in sheet.problems] == []
    assert served in sheet.css
    assert css_of(Policy(own_css=css)) == sheet.css


def test_there_are_enough() -> None:
    assert len(HOSTILE) >= 60 and len({css for css, _ in HONEST}) >= 20


def test_each_problem_is_told_with_its_line_and_the_rest_is_served() -> None:
    sheet = sheet_of(".by{\n font-weight:700;\n display:none\n}\n\n@import url(x);\n.x{color:red}")
    assert [(each.key, each.values["line"]) for each in sheet.problems] == [
        *(("invalid.css_property", 3), ("invalid.css_at_rule", 6), ("invalid.css_selector", 7))
    ]
    assert sheet.css == ":root:root .by{font-weight:700}"
    with pytest.raises(Invalid, match="Line 2: the property “display”"):
        check("\n.by{display:none}")


def test_a_property_is_served_once_as_it_was_said_last() -> None:
    css = sheet_of(".by{color:red;font-weight:400;padding:1px;font-weight:700;color:#123456}").css
    assert ":root:root .by{padding:1px;font-weight:700}" in css and css.count("color:#") == 4
    assert f"{LIGHT} .by{{color:#123456}}" in css


def test_a_sheet_may_be_so_long_in_bytes() -> None:
    rule = ".by{font-weight:700}"
    fits = f"{rule}/*{'é' * ((MOST_BYTES - len(rule) - 4) // 2)}*/"
    assert sheet_of(fits).css and not sheet_of(f"{fits}/*é*/").css


GRAYS = [f"#{level:02x}{level:02x}{level:02x}" for level in range(0, 256, 15)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_is_combined_can_be_read(scheme: str) -> None:
    """Every text that is served stands out from every ground that is served in the same scheme."""

    def served(declaration: str) -> set[str]:
        css = "".join(
            sheet_of(f"{around}.text{{{declaration}:{gray}}}{'}' if around else ''}").css
            for gray in GRAYS
            for around in ("", f"@media (prefers-color-scheme:{scheme}){{")
        )
        return set(
            re.findall(rf"\[data-scheme={scheme}\]:root \.text{{[a-z-]+:(#[0-9a-f]+)}}", css)
        )

    inks, grounds = served("color"), served("background")
    assert len(inks) > 3 and len(grounds) > 1
    assert min(contrast(rgb_of(ink), rgb_of(on)) for ink in inks for on in grounds) >= 4.5


PIECES = st.sampled_from(
    [
        *".#:>+~*,;{}()[]'\"\\/@!%\n é",
        *(
            "/*",
            "*/",
            "by",
            "text",
            "c",
            "root",
            "color",
            "font-size",
            "12px",
            "0",
            "50%",
            "red",
            "#fff",
        ),
        *("url(", "var(", "--ink", "media", "rgb(", "and", "</style>"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_is_typed_is_read_and_served_clean(css: str) -> None:
    for typed in (
        css,
        f".by{{{css}}}",
        f".text{{color:{css}}}",
        f"@media {css}{{.by{{color:red}}}}",
    ):
        served = sheet_of(typed).css
        assert not re.search(r"[<\\@]|url|position|display", served.replace("@media", ""))
        assert served.count("{") == served.count("}")
