"""The real exports of the shared data give the counts that an independent reader made."""

from __future__ import annotations

import gzip
import json
import shutil

import pytest

from tests.exchange.reading import SAMPLES, result
from tests.shared_data import shared

# where our words differ from those of expected.json
WORDS = {
    "approved": "published",
    "pages_with_comments": "threads_with_comments",
    "comment_like_objects": "comments",
    "distinct_from_ids": "authors",
    "nested_in_a_comment": "replies",
}


# what is asked of our own samples where the shared data is not there
SAMPLE_COUNTS = {
    "disqus.xml": {"threads": 1, "comments": 5, "deleted": 1, "spam": 1, "orphan_replies": 1},
    "wordpress.xml": {"items": 3, "comments": 6, "approved": 3, "pending": 1, "pingbacks": 1},
    "remark42-tree.json": {"comments": 3},
    "commento.json": {"comments": 3, "commenters": 1, "deleted": 1, "replies": 2, "unapproved": 1},
}


def _cases():
    path = shared("imports/expected.json")
    return list((json.loads(path.read_text("utf-8")) if path else SAMPLE_COUNTS).items())


def _wanted(expected: dict) -> dict:
    """What our counts must be; pingbacks are in the expected totals, and left out of ours."""
    numbers = {WORDS.get(key, key): n for key, n in expected.items() if isinstance(n, int)}
    numbers.pop("version", None)
    for key in ("comments", "published"):
        if expected.get("pingbacks"):
            numbers[key] -= expected["pingbacks"]
    return numbers


def test_it_works() -> None:
    """Without the shared data the same is asked of the samples in the other files here."""
    assert result("disqus.xml").counts["comments"] == 5


@pytest.mark.parametrize(("name", "expected"), _cases(), ids=lambda case: str(case)[:60])
def test_counts_are_as_expected(name, expected, tmp_path) -> None:
    path = shared(f"imports/{name}") or SAMPLES / name
    found = result(path)
    broken = expected.get("not_well_formed") or expected.get("not_json")
    assert bool(found.broken) == bool(broken)
    wanted = _wanted(expected)
    assert {key: found.counts.get(key, 0) for key in wanted} == wanted
    copy = tmp_path / "renamed"
    copy.write_bytes(gzip.compress(path.read_bytes()) if path.suffix != ".db" else b"")
    if path.suffix != ".db":
        assert result(copy).counts == found.counts  # neither name nor packing matters


def test_a_folder_of_saved_answers_is_the_sum_of_its_files(tmp_path) -> None:
    folder = shared("imports/facebook")
    if folder is None:
        folder = tmp_path / "facebook"
        shutil.copytree(SAMPLES / "facebook", folder)
    names = [
        comment
        for path in sorted(folder.glob("*.json"))
        for comment in result(path, "facebook").comments
    ]
    # two files may give one id to different comments; then both are kept
    assert {name.partition("~")[0] for name in result(folder).comments} == set(names)
    assert len(names) > 5
