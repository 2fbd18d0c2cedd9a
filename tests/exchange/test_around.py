"""What a server wrote into an export, before and behind it."""

from __future__ import annotations

import pytest

from tests.exchange.reading import result
from tests.exchange.test_illegal import comment, stored, wxr

WARNING = "<br />\n<b>Warning</b>: foo() expects {{bar}} in <b>/x.php</b> on line 3<br />\n"


@pytest.mark.parametrize(
    ("before", "behind", "around"),
    [
        (WARNING, "", 1),
        ("PHP Notice: & < in x.php\n", "\n<!-- 3 queries -->", 1),
        ("", "\n<!-- 3 queries -->\nFatal error: & < ]]> in x.php" * 40, 1),
        (WARNING * 20, WARNING * 20, 1),
        ("", "\n\n", 0),
    ],
)
def test_what_a_server_wrote_around_the_export_is_skipped(tmp_path, before, behind, around) -> None:
    found = result(stored(tmp_path, before + wxr(comment(1), comment(2)) + behind))
    assert not found.broken and len(found.comments) == 2
    assert found.counts.get("around", 0) == around


def test_a_second_export_behind_the_first_is_not_skipped(tmp_path) -> None:
    found = result(stored(tmp_path, wxr(comment(1)) + "\n" * 5000 + wxr(comment(2))))
    assert found.broken and len(found.comments) == 1
