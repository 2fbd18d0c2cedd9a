"""Sites that are only examples, such as those that stage the states of the box in the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.sites import commands as sites
from tests.factories import post
from tests.flat import flat

if TYPE_CHECKING:
    from tests.dashboard.conftest import Staff
    from tests.people import Cast


def test_it_works(cast: Cast, olga: Staff) -> None:
    """Grouped in the list and in the switch, and counted only where somebody asks for one."""
    example = sites.add_site(
        name="States of the box",
        origins=["https://news.example.org"],
        owner=cast.olga,
        key="states",
    )
    for site in (cast.site, example):
        sites.set_policy(site, {"premoderate_all": True}, by=cast.olga)
        post(site, f"Waiting on {site.key}.", user=cast.rita)
    queue, list_page = "/dashboard/", "/dashboard/sites"
    assert "Waiting on states." in olga.page(queue)
    sites.set_example(example)
    assert "Waiting on states." not in olga.page(queue)
    assert "Waiting on harbour." in olga.page(queue)
    assert "Waiting on states." in olga.page(f"{queue}?site=states")
    real, _, apart = flat(olga.page(list_page)).partition('<details class="examples"')
    assert "The Harbour Post" in real and "States of the box" not in real
    assert "1 demo site" in apart and "States of the box" in apart
    switch = flat(olga.page(queue)).partition('<optgroup label="Demo">')[2]
    assert switch.partition("</optgroup>")[0].count("<option") == 1


def test_who_has_only_examples_sees_them(cast: Cast, olga: Staff) -> None:
    sites.set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    post(cast.site, "Waiting on harbour.", user=cast.rita)
    sites.set_example(cast.site)
    assert "Waiting on harbour." in olga.page("/dashboard/")
