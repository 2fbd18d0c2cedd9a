"""Fetching a model: hashes, going on after a break, and what is said without internet."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commentsvc.toxicity.backends import fetch as fetching
from commentsvc.toxicity.backends.fetch import CannotFetch, fetch
from commentsvc.toxicity.backends.variants import VARIANTS, Variant, located, missing_files
from tests.toxicity.serving import Answer, Asked, Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

WEIGHTS = b"weights " * 100_000
SMALL = b'{"hidden_size": 32}'


def git_name(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def answer(asked: Asked) -> Answer:
    """A server that can go on from the middle, as the real ones can."""
    data = WEIGHTS if asked.path.endswith(".ckpt") else SMALL
    etag = '"one-version"' if asked.path.endswith(".ckpt") else f'"{git_name(SMALL)}"'
    wanted = asked.headers.get("Range", "")
    if wanted and asked.headers.get("If-Range") == etag:
        begin = int(wanted.removeprefix("bytes=").rstrip("-"))
        if begin >= len(data):
            return 416, {}, b""
        part = data[begin:]
        return 206, {"ETag": etag, "Content-Range": f"bytes {begin}-/{len(data)}"}, part
    return 200, {"ETag": etag}, data


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(answer) as made:
        yield made


@pytest.fixture
def variant() -> Variant:
    mark = hashlib.sha256(WEIGHTS).hexdigest()[:8]
    return replace(
        VARIANTS["original"], checkpoint=f"v0/tiny-{mark}.ckpt", files=("config.json", "vocab.txt")
    )


def test_it_works(server: Server, variant: Variant, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    folder = tmp_path / "models" / "original"
    fetch(variant, folder, mirror=server.url, tell=lambda *seen: told.append(seen))
    assert (folder / variant.file_name).read_bytes() == WEIGHTS
    assert sorted(each.name for each in folder.iterdir()) == sorted(variant.urls)
    assert missing_files(folder, variant) == []
    assert told[-1][1:] == (len(SMALL), len(SMALL))
    asked = len(server.asked)
    fetch(variant, folder, mirror=server.url)
    assert len(server.asked) == asked  # what is there is left alone


def test_it_goes_on_where_it_stopped(server: Server, variant: Variant, tmp_path: Path) -> None:
    def broken(asked: Asked) -> Answer:
        status, headers, data = answer(asked)
        if asked.path.endswith(".ckpt"):
            return status, {**headers, "Content-Length": str(len(data))}, data[:300_000]
        return status, headers, data

    server.answer = broken
    with pytest.raises(CannotFetch, match="could not be fetched"):
        fetch(variant, tmp_path, mirror=server.url)
    part = tmp_path / f"{variant.file_name}.part"
    kept = part.stat().st_size
    assert 0 < kept < len(WEIGHTS)
    server.answer = answer
    fetch(variant, tmp_path, mirror=server.url)
    assert server.asked[-3].headers["Range"] == f"bytes={kept}-"
    assert (tmp_path / variant.file_name).read_bytes() == WEIGHTS and not part.exists()


def test_a_file_that_changed_meanwhile_is_fetched_whole(
    server: Server, variant: Variant, tmp_path: Path
) -> None:
    (tmp_path / f"{variant.file_name}.part").write_bytes(b"of another version")
    (tmp_path / f"{variant.file_name}.etag").write_text('"older-version"')
    fetch(variant, tmp_path, mirror=server.url)
    assert (tmp_path / variant.file_name).read_bytes() == WEIGHTS


def test_a_part_longer_than_the_file_is_thrown_away(
    server: Server, variant: Variant, tmp_path: Path
) -> None:
    (tmp_path / f"{variant.file_name}.part").write_bytes(WEIGHTS + b"more")
    (tmp_path / f"{variant.file_name}.etag").write_text('"one-version"')
    fetch(variant, tmp_path, mirror=server.url)
    assert (tmp_path / variant.file_name).read_bytes() == WEIGHTS


@pytest.mark.parametrize("end", [".ckpt", "config.json"])
def test_a_wrong_hash_leaves_nothing_behind(
    server: Server, variant: Variant, tmp_path: Path, end: str
) -> None:
    def wrong(asked: Asked) -> Answer:
        status, headers, data = answer(asked)
        return status, headers, data[:-1] + b"!" if asked.path.endswith(end) else data

    server.answer = wrong
    with pytest.raises(CannotFetch, match="hash"):
        fetch(variant, tmp_path, mirror=server.url)
    assert not list(tmp_path.glob(f"*{end}*"))


def test_without_internet_it_names_files_and_places(variant: Variant, tmp_path: Path) -> None:
    with pytest.raises(CannotFetch) as caught:
        fetch(variant, tmp_path, mirror="http://127.0.0.1:9")
    said = str(caught.value)
    for name, url in variant.urls.items():
        assert name in said and url in said
    assert str(tmp_path) in said and "commentsvc toxicity fetch" in said


def test_a_full_disk_is_said_before_it_is_full(
    server: Server, variant: Variant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_SPARE", 10**15)
    with pytest.raises(CannotFetch, match="the disk has"):
        fetch(variant, tmp_path, mirror=server.url)


def test_a_file_that_is_not_there(server: Server, variant: Variant, tmp_path: Path) -> None:
    server.answer = lambda asked: (404, {}, b"no")
    with pytest.raises(CannotFetch, match="Not Found"):
        fetch(variant, tmp_path, mirror=server.url)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_published_models_are_complete(name: str) -> None:
    variant = VARIANTS[name]
    assert len(variant.hash_begins) == 8 and int(variant.hash_begins, 16)
    assert variant.file_name in variant.urls and "config.json" in variant.urls
    assert all(url.startswith("https://") for url in variant.urls.values())
    assert variant.labels[0] == "toxicity" and variant.languages


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("detoxify:original", "detoxify:/data/models/original"),
        ("detoxify", "detoxify:/data/models/original"),
        ("detoxify:multilingual", "detoxify:/data/models/multilingual"),
        ("detoxify:/my/model.ckpt", "detoxify:/my/model.ckpt"),
        ("embedded", "embedded"),
        ("onnx:/my/folder", "onnx:/my/folder"),
        ("remote:https://h.example/?key=a:b", "remote:https://h.example/?key=a:b"),
    ],
)
def test_a_name_becomes_its_folder(spec: str, wanted: str) -> None:
    assert located(spec, Path("/data")) == wanted
