"""Replaces Facebook's SDK: one file under all its old paths, and counts for old pages.

docs/facebook.md says what is supported. The file is the loader followed by `facebook.js`; the
script itself reads the options (locale, app ID) in its tag's address, so that all addresses return
the same bytes.
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

#: Paths of Facebook's script, with or without a locale before them. Templates build the locale from
#: a page's language, so its value is hardly checked (docs/facebook.md).
FORMS = ("sdk.js", "all.js", "all/debug.js", "sdk/debug.js", "sdk/xfbml.customerchat.js")
_LOCALE = re.compile(r"[A-Za-z0-9@._-]{0,40}")


def script(locale: str = "") -> Response:
    """The loader and the replacement as one file. Raises `NotFound` for something that cannot be a
    locale."""
    if not _LOCALE.fullmatch(locale):
        raise NotFound("not_found")
    return page_script("facebook")


@no_csrf
@limit("read")
def count() -> Response:
    """Numbers of published comments by address, for all counters of a page at once. They are
    public, so any page may ask; a form post, because thirty addresses do not fit into a query."""
    return _for_any_page(jsonify({"counts": _counted(request.form)}))


@limit("read")
def count_script() -> Response:
    """The same as a script, for pages whose Content-Security-Policy allows our scripts but no
    connections. It contains only addresses from the request, as JSON strings."""
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
