"""Sections: which addresses belong to one, what holds there, and what a change of either policy does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commentsvc.core.errors import Conflict, DomainError, Invalid, NotFound
from commentsvc.sites import history
from commentsvc.sites.commands import set_policy
from commentsvc.sites.policy import KNOBS
from commentsvc.sites.queries import by_key, policy_of
from commentsvc.sites.sections import commands as sections
from commentsvc.sites.sections.queries import (
    MOST,
    SITE_ONLY,
    fits,
    section_at,
    section_called,
    sections_of,
    tidy_patterns,
)
from commentsvc.sites.sections.tags import tags_in, tidy_tags
from tests.tables import every_row

if TYPE_CHECKING:
    from commentsvc.sites.sections.queries import Section
    from tests.people import Cast

NEWS = "https://news.example.org"


def add(cast: Cast, *patterns: str, name: str = "Sport", **changes: Any) -> Section:
    made = sections.add_section(
        cast.site, name=name, patterns=patterns or ("/sport",), by=cast.olga
    )
    if changes:
        sections.set_section_policy(cast.site, made.code, changes, by=cast.olga)
    return sections.section_of(cast.site, made.code)


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    made = add(cast, premoderate_all=True, max_links=0)
    assert made.code == "sport" and set(made.policy) == {"premoderate_all", "max_links"}
    site = by_key(cast.site.key)
    here, elsewhere = policy_of(site, f"{NEWS}/sport/cup"), policy_of(site, f"{NEWS}/sports")
    assert here.premoderate_all and here.max_links == 0
    assert elsewhere == policy_of(site) and not elsewhere.premoderate_all
    set_policy(site, {"flood_count": 3, "max_links": 9}, by=cast.olga)
    here = policy_of(site, f"{NEWS}/sport/cup")
    assert (here.flood_count, here.max_links) == (3, 0)  # inherited, and of its own
    sections.remove_section(site, "sport", by=cast.olga)
    assert policy_of(site, f"{NEWS}/sport/cup") == policy_of(site)
    assert site.sections is None


@every_row(
    ("pattern", "page", "found"),
    [
        ("/sport", "/sport", True),
        ("/sport/", "/sport", True),
        ("/sport", "/sport/cup/1", True),
        ("/sport", "/sports", False),
        ("/sport", "/a/sport", False),
        ("/*/sport/*", "/a/sport/1", True),
        ("/*/sport/*", "/a/sport", True),
        ("/*/sport/*", "/sport/1", False),
        ("/*.html", "/a/b.html", True),
        ("/", "/anything", True),
        ("/münchen", "/m%C3%BCnchen/1", True),
        ("https://news.example.org/", "/a", True),
        ("http://news.example.org/a", "/a", True),
        ("https://blog.example.org/", "/a", False),
        ("https://news.example.org/a*", "/abc", True),
    ],
)
def test_what_a_pattern_means(pattern: str, page: str, found: bool) -> None:
    assert fits(pattern, NEWS + page) is found


@given(
    st.lists(st.text("ab/", max_size=6), min_size=1, max_size=4),
    st.lists(st.text("ab/", max_size=4), min_size=4, max_size=4),
)
def test_a_pattern_fits_what_is_put_in_its_stars(parts: list[str], filled: list[str]) -> None:
    text = parts[0] + "".join(a + b for a, b in zip(filled, parts[1:], strict=False))
    assert fits("/" + "*".join(parts), f"{NEWS}/{text}")


def test_the_address_that_says_most_wins(cast: Cast) -> None:
    add(cast, "/sport", name="Sport")
    add(cast, "/sport/opinion", "/*/opinion/*", name="Opinion")
    found = {
        path: getattr(section_at(cast.site, f"{NEWS}{path}"), "name", None)
        for path in ("/sport/1", "/sport/opinion/1", "/news/opinion/1?x=/sport", "/?p=/sport", "/")
    }
    assert found == {
        "/sport/1": "Sport",
        "/sport/opinion/1": "Opinion",
        "/news/opinion/1?x=/sport": "Opinion",
        "/?p=/sport": None,
        "/": None,
    }


def test_a_tag_counts_where_no_address_does(cast: Cast) -> None:
    for name, patterns, tags in (
        ("Sport", ["/sport"], ["Cup"]),
        ("Live", [], ["LIVE", " live "]),
        ("Late", ["/late"], ["cup", "live"]),
    ):
        sections.add_section(cast.site, name=name, patterns=patterns, tags=tags, by=None)
    assert sections.section_of(cast.site, "live").tags == ("live",)
    for path, text, found in (
        ("/a", "", None),
        ("/a", "other", None),
        ("/a", "other, Live", "Live"),
        ("/a", "live, cup", "Sport"),  # the first section, not the first tag
        ("/late", "live", "Late"),
        ("/sport/1", "live", "Sport"),  # a tag leads out of no section
    ):
        section = section_at(cast.site, NEWS + path, tags_in(text))
        assert getattr(section, "name", None) == found, (path, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, ()),
        (" ,, ", ()),
        ("Politics, LIVE,live", ("politics", "live")),
        ("Stra\u00dfe,stra\u00dfe, Cafe\u0301 ", ("stra\u00dfe", "caf\u00e9")),
        ("a\u202eb\n  c\x00", ("ab c",)),
        ("x" * 51 + ",ok", ("ok",)),
        (",".join(map(str, range(12))), tuple(map(str, range(10)))),
    ],
)
def test_the_tags_of_a_page(text: str | None, found: tuple[str, ...]) -> None:
    assert tags_in(text) == found == tags_in(",".join(found))


@pytest.mark.parametrize("tags", [["x" * 51], ["a,b"], [*map(str, range(11))]])
def test_tags_that_are_refused(tags: list[str]) -> None:
    with pytest.raises(Invalid, match="10 tags"):
        tidy_tags(tags)


@pytest.mark.parametrize("line", ["sport", "/a?b", "/a#b", "https://*.example.org/", "https://x"])
def test_what_is_no_pattern(line: str) -> None:
    with pytest.raises(Invalid):
        tidy_patterns([line])


def test_what_is_refused(cast: Cast) -> None:
    add(cast)
    for name, patterns, code, error in (
        ("sport", ["/s"], None, Conflict),
        ("Sports", ["/s"], "sport", Conflict),
        ("", ["/s"], None, Invalid),
        ("Other", [], None, Invalid),
        ("Other", ["/s"], "No Code", Invalid),
    ):
        with pytest.raises(error):
            sections.add_section(cast.site, name=name, patterns=patterns, by=None, code=code)
    with pytest.raises(NotFound):
        sections.change_section(cast.site, "none", name="A", patterns=["/a"], by=None)
    with pytest.raises(NotFound):
        sections.remove_section(cast.site, "none", by=None)
    for n in range(MOST - 1):
        sections.add_section(cast.site, name="+" * (n + 1), patterns=["/a"], by=None)
    with pytest.raises(Conflict):
        add(cast, name="One too many")
    assert len({each.code for each in sections_of(cast.site)}) == MOST


def test_what_only_the_site_has(cast: Cast) -> None:
    add(cast)
    assert {"token_role", "accent", "sign_up_open", "undo_seconds", "aliases"} <= SITE_ONLY
    assert {name for name, knob in KNOBS.items() if knob.judged} & SITE_ONLY == {"spam_learning"}
    with pytest.raises(Invalid, match="for the whole site"):
        sections.set_section_policy(cast.site, "sport", {"token_role": "moderator"}, by=cast.olga)


def test_a_site_never_contradicts_its_sections(cast: Cast) -> None:
    add(cast, max_length=100)
    with pytest.raises(Invalid, match="section “Sport”"):
        set_policy(cast.site, {"min_length": 200}, by=cast.olga)
    assert policy_of(by_key(cast.site.key), f"{NEWS}/sport").min_length == 1


def test_the_sites_own_value_is_inherited_again(cast: Cast) -> None:
    add(cast, max_links=0, flood_count=4)
    sections.set_section_policy(cast.site, "sport", {"max_links": 2}, by=cast.olga)
    assert dict(sections.section_of(cast.site, "sport").policy) == {"flood_count": 4}


@pytest.mark.engines
def test_a_section_has_a_history_of_its_own(cast: Cast) -> None:
    section = add(cast, max_links=0)
    sections.set_section_policy(cast.site, "sport", {"max_links": 1, "nudge": False}, by=cast.mona)
    set_policy(cast.site, {"max_links": 7}, by=cast.olga)
    newest, first = history.versions(cast.site, section).items
    assert (first.changes, newest.by) == ({"max_links": [2, 0]}, cast.mona.name)
    assert [each.changes for each in history.versions(cast.site).items[:1]] == [
        {"max_links": [2, 7]}
    ]
    with pytest.raises(NotFound):
        history.version(cast.site, newest.id)
    section = sections.section_of(cast.site, "sport")
    assert history.differences(cast.site, first.id, section) == {
        "max_links": [1, 0],
        "nudge": [False, True],
    }
    seen = cast.site.version
    history.restore(cast.site, history.FIRST, seen=seen, by=cast.olga, section=section)
    assert dict(sections.section_of(cast.site, "sport").policy) == {}
    assert policy_of(cast.site, f"{NEWS}/sport").max_links == 7  # the site's of today
    sections.remove_section(cast.site, "sport", by=cast.olga)
    assert history.versions(cast.site, add(cast)).items == []  # another one with the same code


CHANGES = st.one_of(
    st.tuples(st.just("site"), st.sampled_from(["max_links", "flood_count"]), st.integers(1, 5)),
    st.tuples(st.just("own"), st.sampled_from(["max_links", "flood_count"]), st.integers(1, 5)),
    st.tuples(st.just("back"), st.just(""), st.integers(0, 9)),
)


@example(
    [
        ("own", "flood_count", 2),
        ("site", "flood_count", 2),
        ("own", "max_links", 3),
        ("site", "flood_count", 1),
        ("back", "", 1),
    ]
)
@example(
    [
        ("own", "flood_count", 1),
        ("site", "flood_count", 1),
        ("own", "flood_count", 1),
        ("site", "flood_count", 2),
        ("back", "", 1),
    ]
)
@given(st.lists(CHANGES, max_size=8))
def test_a_model_of_what_is_inherited(cast: Cast, changes: list[tuple[str, str, int]]) -> None:
    """Whatever is changed in whatever order: a setting is the section's own or follows the site, and going
    back to a version makes both what they were then."""
    if section_called(cast.site, "sport"):
        sections.remove_section(cast.site, "sport", by=None)
    add(cast)
    site = {name: getattr(policy_of(cast.site), name) for name in ("max_links", "flood_count")}
    own: dict[str, int] = {}
    past: list[tuple[int, dict[str, int]]] = [(history.FIRST, {})]
    for kind, name, value in changes:
        section = sections.section_of(cast.site, "sport")
        if kind == "site":
            set_policy(cast.site, {name: value}, by=None)
            site[name] = value
        elif kind == "own":
            sections.set_section_policy(cast.site, "sport", {name: value}, by=None)
            own = {**own, name: value}
            if value == site[name]:
                del own[name]
        else:
            number, then = past[value % len(past)]
            try:
                seen = cast.site.version
                history.restore(cast.site, number, seen=seen, by=None, section=section)
            except DomainError:
                continue
            assert set(own) | set(then) >= set(_own(cast))
            own = _own(cast)
            for each, given in then.items():
                assert getattr(policy_of(cast.site, f"{NEWS}/sport"), each) == given
        assert _own(cast) == {each: given for each, given in own.items()}
        here = policy_of(cast.site, f"{NEWS}/sport")
        assert {each: getattr(here, each) for each in site} == {**site, **own}
        newest = history.versions(cast.site, section, limit=1).items
        if newest and newest[0].id != past[-1][0]:
            past.append((newest[0].id, dict(own)))


def _own(cast: Cast) -> dict[str, int]:
    return dict(sections.section_of(cast.site, "sport").policy)
