"""The template tag of the frame's scripts: what stands in a hole is text, whatever it looks like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from commentsvc.web import assets

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

#: Calls `html` with a hole in a text, one in an attribute, lists, nodes and nothing, and writes it all down.
TRY = """async ([address, said]) => {
    const { html, served } = await import(address);
    const box = html`
        <p title="a ${said} b">${said}
            <b>${[said, html`<i>${said}</i>`]}</b>${null}${false}${undefined}${0}</p>`;
    document.body.append(box, html`<u></u>${served("<s>1</s><s>2</s>")}`);
    return [box.title, box.textContent, box.outerHTML, box.querySelectorAll("*").length,
        document.querySelectorAll("u, s").length, html`a ${said}`.nodeType];
}"""


SAID = (
    "plain",
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "</p></template><template>",
    "<template></template>",
    "&lt;b&gt; &amp;amp;",
    "${1}`\\\\",
)


def test_it_works(live: Server, page: Page) -> None:
    address = assets.asset("embed/lib/html.js")
    page.goto(f"{live.url}/account/sign-in")
    for said in SAID:
        page.evaluate("document.body.replaceChildren()")
        title, text, markup, elements, more, kind = page.evaluate(TRY, [address, said])
        assert title == f"a {said} b"
        assert text == f"{said}{said}{said}0"
        assert elements == 2 and more == 3, said
        assert kind == 3, json.dumps(markup)  # a text is a text
