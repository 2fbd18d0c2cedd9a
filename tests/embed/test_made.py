"""Minified scripts are those of the sources, and tell bundlers and browsers what the sources told them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from commentsvc.embed import script
from scripts import made

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast


def test_it_works() -> None:
    assert made.outdated() == [], "run `make fmt`"


def test_the_product_serves_every_script_that_is_made() -> None:
    assert set(script.PARTS) == set(made.PARTS)
    assert set(script.LATER) == set(made.LATER)


def test_bundlers_leave_our_imports_alone() -> None:
    """A page's own bundle may contain the loader."""
    for name in ("embed", "facebook", "disqus", "counting"):
        text = made.on_disk()[f"{name}.js"]
        kept = re.findall(r"\bimport\(/\* webpackIgnore: true \*/", text)
        assert len(kept) == len(re.findall(r"\bimport\(", text)) > 0, name


def test_every_place_is_filled(client: FlaskClient, cast: Cast) -> None:
    found = ("/embed.js", "/sdk.js", "/harbour/embed.js", "/embed/after.js", "/harbour/count.js")
    for address in (*found, "/embed/script/x/en.js", "/embed/script/x/menu/en.js"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert not re.search(r"\$\w{2,}\$", answer.text), address
