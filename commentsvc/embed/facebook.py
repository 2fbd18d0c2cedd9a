"""The stand-in for Facebook's SDK: one file under all its old addresses, and counts for old pages.

docs/facebook.md says what is honoured. The file is the loader with `facebook.js` behind it; what a page
asks for (locale, app id) stands in the address of its tag, which the script reads itself, so all
addresses give the same bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson
from flask import Response, jsonify, request

from ..core.errors import Invalid, NotFound
from ..threads.pages import MAX_COUNTED, counts
from ..web.csrf import no_csrf
from ..web.limits import limit
from .asked import site_of
from .script import page_script

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

#: What followed the host of Facebook's own script, with a locale before it or not. Templates build the
#: locale from a page's language, so any two words will do (docs/facebook.md).
FORMS = ("sdk.js", "all.js", "all/debug.js", "sdk/debug.js", "sdk/xfbml.customerchat.js")
_LOCALE = re.compile(r"[A-Za-z0-9@._-]{0,40}")


def script(locale: str = "") -> Response:
    """The loader and the stand-in as one file. Raises `NotFound` for what is no locale at all."""
    if not _LOCALE.fullmatch(locale):
        raise NotFound("not_found")
    return page_script("facebook")


@no_csrf
@limit("read")
def count() -> Response:
    """Published comments by address, for all counters of a page at once. Public figures, so any page may
    ask; a form post, because thirty addresses do not fit into one address."""
    return _for_any_page(jsonify({"counts": _counted(request.form)}))


@limit("read")
def count_script() -> Response:
    """The same as a script, for pages whose Content-Security-Policy lets scripts of ours in and no
    connections. Nothing of the request gets into it but addresses, as JSON text."""
    found = orjson.dumps(_counted(request.args)).decode().replace("<", "\\u003c")
    answer = Response(f"commentsvc.counted({found});", content_type="text/javascript")
    return _for_any_page(answer)


def _counted(asked: MultiDict[str, str]) -> dict[str, int]:
    hrefs = asked.getlist("href")
    if len(hrefs) > MAX_COUNTED:
        raise Invalid("invalid.too_many_addresses", n=MAX_COUNTED, field="href")
    try:
        return counts(site_of(asked), hrefs)
    except NotFound:
        return dict.fromkeys(hrefs, 0)


def _for_any_page(answer: Response) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "no-store"
    return answer
