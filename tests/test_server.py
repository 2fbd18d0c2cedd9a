"""The server: other processes that run on its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc import server
from commentsvc.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_second_server_on_a_folder_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = Settings(data_dir=tmp_path, secret_key="a key for tests only, 32 characters").checked()
    first = server._alone(given)
    assert first is not None and not caplog.records
    second = server._alone(given)
    assert "another server uses this data folder" in caplog.text
    assert str(given.public_url) in caplog.records[0].__dict__["other"]
    first.close()
    assert second is not None
    second.close()
    caplog.clear()
    third = server._alone(given)
    assert third is not None and not caplog.records
    third.close()
