"""A site is added, called something else, changed over; and what none of that may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid
from commentsvc.core.jobs import Job
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Membership, Origin, Site
from commentsvc.sites.queries import by_key, origins, policy_of, role_of

if TYPE_CHECKING:
    from tests.people import Cast


def test_it_works(cast: Cast) -> None:
    made = sites.add_site(
        name="  The Lighthouse ",
        key="Light-House",
        origins=["light.example.org", "https://*.light.example.org", "light.example.org", " "],
        owner=cast.rita,
        policy={"max_links": 5},
    )
    assert by_key("light-house") is made and made.name == "The Lighthouse"
    assert origins(made) == ["https://light.example.org", "https://*.light.example.org"]
    assert role_of(cast.rita, made) == "owner" and role_of(cast.olga, made) == "reader"
    assert policy_of(made).max_links == 5 and made.policy == {"max_links": 5}
    assert len(made.secrets) == 1 and len(made.secrets[0]) >= 32


def test_a_key_and_a_secret_are_found_for_who_names_none(cast: Cast) -> None:
    one, two = (sites.add_site(name="Same name", origins=[]) for _ in range(2))
    assert one.key != two.key and one.secrets != two.secrets


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "   "}),
        ("name", {"name": "n" * 121}),
        ("key", {"key": "-begins"}),
        ("key", {"key": "ends-"}),
        ("key", {"key": "a" * 41}),
        ("key", {"key": "two words"}),
        ("key", {"key": "häfen"}),
        ("key", {"key": "a/b"}),
        ("origins", {"origins": ["https://good.example.org", "*"]}),
        ("origins", {"origins": ["https://good.example.org/path"]}),
        ("max_links", {"policy": {"max_links": -1}}),
        ("no_such_knob", {"policy": {"no_such_knob": 1}}),
    ],
)
def test_what_cannot_be_a_site_leaves_nothing_behind(
    cast: Cast, field: str, given: dict[str, object]
) -> None:
    wanted = {"name": "Fine", "key": "fine", "origins": ["https://fine.example.org"], **given}
    with pytest.raises(Invalid) as refused:
        sites.add_site(**wanted)
    assert refused.value.field == field
    assert db.session.scalar(select(func.count(Site.id))) == 2
    assert db.session.scalar(select(func.count(Origin.id))) == 2


def test_a_key_is_given_once(cast: Cast) -> None:
    for key in ("harbour", "HARBOUR", " harbour "):
        with pytest.raises(Conflict) as refused:
            sites.add_site(name="Another harbour", key=key, origins=[])
        assert refused.value.field == "key"


def test_a_form_is_taken_whole_or_not_at_all(cast: Cast) -> None:
    sites.change_site(
        cast.site, name="Harbour", origins=["harbour.example.org"], app_ids=["123", " 123 ", ""]
    )
    assert (cast.site.name, cast.site.facebook_app_ids) == ("Harbour", ["123"])
    for wrong in ({"name": " "}, {"origins": ["ftp://x.example.org"]}, {"app_ids": ["12-3"]}):
        wanted = {"name": "Changed", "origins": ["https://new.example.org"], "app_ids": ["9"]}
        with pytest.raises(Invalid):
            sites.change_site(cast.site, **{**wanted, **wrong})
        db.session.expire_all()
        assert (cast.site.name, cast.site.facebook_app_ids) == ("Harbour", ["123"])
        assert origins(cast.site) == ["https://harbour.example.org"]


def test_app_ids_old_and_new(cast: Cast) -> None:
    for app_id in ("a", "abc", "F" * 65, "1" * 22 + "x", "1 2", "١٢٣"):
        with pytest.raises(Invalid) as refused:
            sites.set_app_ids(cast.site, ["123", app_id])
        assert refused.value.field == "app_ids" and cast.site.facebook_app_ids == []
    known = ["0" * 21, "a0" * 16, "F" * 64]
    sites.set_app_ids(cast.site, known)
    assert cast.site.facebook_app_ids == known


def test_pages_that_show_the_site_learn_of_a_change(cast: Cast) -> None:
    """The version stands in what is kept of pages: every change of them raises it."""
    seen = {cast.site.version}
    sites.rename_site(cast.site, "Harbour")
    seen.add(cast.site.version)
    sites.set_origins(cast.site, ["https://a.example.org"])
    seen.add(cast.site.version)
    sites.set_app_ids(cast.site, ["1"])
    seen.add(cast.site.version)
    sites.set_policy(cast.site, {"likes": False}, by=cast.olga)
    seen.add(cast.site.version)
    assert len(seen) == 5


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"keep_params": ["id"]}, 1),
        ({"ignore_params": ["ref"]}, 1),
        ({"keep_fragment": True}, 1),
        ({"aliases": [["http://old.example.org/", "https://news.example.org/"]]}, 1),
        ({"keep_fragment": False}, 0),  # as it was
        ({"max_links": 3, "likes": False}, 0),
    ],
)
def test_other_addresses_mean_other_conversations(
    cast: Cast, change: dict[str, object], asked: int
) -> None:
    sites.set_policy(cast.site, change, by=cast.olga)
    jobs = db.session.scalars(select(Job).where(Job.name == "rekey_threads")).all()
    assert [job.payload for job in jobs] == [{"site_id": cast.site.id}] * asked


def test_a_policy_changes_field_by_field(cast: Cast) -> None:
    sites.set_policy(cast.site, {"max_links": 7}, by=cast.olga)
    sites.set_policy(cast.site, {"likes": False}, by=cast.olga)
    policy = policy_of(cast.site)
    assert (policy.max_links, policy.likes, policy.slow_seconds) == (7, False, 0)
    with pytest.raises(Invalid):
        sites.set_policy(cast.site, {"likes": True, "max_links": "many"}, by=cast.olga)
    db.session.expire_all()
    assert policy_of(cast.site) == policy


def test_a_secret_is_followed_by_another(cast: Cast) -> None:
    first = cast.site.secrets[0]
    second = sites.rotate_secret(cast.site)
    assert cast.site.secrets == [second, first]
    third = sites.rotate_secret(cast.site)
    assert cast.site.secrets == [third, second]
    assert len({first, second, third}) == 3


def test_a_site_goes_with_nobody_but_its_own(cast: Cast) -> None:
    """What one site's owner sets, no other site has."""
    sites.set_policy(cast.other, {"max_links": 9}, by=cast.max)
    sites.set_origins(cast.other, ["https://only.example.net"])
    assert policy_of(cast.site).max_links != 9
    assert origins(cast.site) == ["https://news.example.org"]
    rows = db.session.scalars(select(Membership).where(Membership.site_id == cast.other.id))
    assert [row.user_id for row in rows] == [cast.max.id]
