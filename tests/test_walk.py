"""A law about reading: whoever follows one post through the code opens few files."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import commentsvc
from commentsvc.posting import known
from tests.laws import keep
from tests.web.asking import HREF, browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    import pytest
    from flask import Flask

    from tests.people import Cast

MOST_FILES = 56
_HERE = Path(commentsvc.__file__).parent
#: Counted apart: one file for each rule, and one for each thing that a text can hide.
_APART = ("moderation/judging/", "toxicity/")


@contextmanager
def executed() -> Iterator[set[str]]:
    """Our files of which something runs meanwhile in this thread."""
    seen: set[str] = set()

    def note(frame: FrameType, _event: str, _given: object) -> None:
        seen.add(frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(before)
    ours = {Path(each) for each in seen if Path(each).is_relative_to(_HERE)}
    seen.clear()
    seen.update(str(each.relative_to(_HERE)) for each in ours)


def test_it_works(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guest's post to a conversation, published at once, in a process that has posted before. It
    was 57 files when posting was slow, and 72 when it was fast, because speed came in small files.
    A newcomer reads them all, so one more needs a better reason than its size."""

    def post(number: int) -> int:
        body = {"site": "harbour", "href": HREF, "text": f"The ferry, number {number}."}
        sent = browser(app).post("/api/v1/comments", json={**body, "name": "Ann"})
        return sent.status_code

    monkeypatch.setattr(known, "TRUST_SECONDS", 3600)  # however long the first one takes
    assert post(1) == 201
    with executed() as seen:
        assert post(2) == 201
    walk = sorted(each for each in seen if not each.startswith(_APART))
    assert "posting/commands.py" in walk and len(seen) > len(walk)
    law = f"A post runs {len(walk)} files, and at most {MOST_FILES} keep it a walk. Does each hold one idea?"
    keep(law, walk if len(walk) > MOST_FILES else [])
