"""import and export, called as a shell calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from commentsvc.exchange.importing.report import DECIDED, LEFT_OUT, example
from tests.cli.conftest import Said
from tests.exchange.reading import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

Call = Callable[..., Said]
BLOG = "https://blog.example.org"


@pytest.fixture
def site(call: Call) -> str:
    said = call("site", "add", "The Blog", "--origin", BLOG, "--key", "blog", "--json")
    assert said.code == 0, said.err
    return "blog"


def test_it_works(call: Call, site: str, tmp_path: Path) -> None:
    dry = call("import", "disqus", str(SAMPLES / "disqus.xml"), "--dry-run", "--foreign")
    assert dry.code == 0 and "Would import" in dry.out, dry.err
    assert "nothing was stored. Comments in the file: 5. Would be imported: 5." in dry.out
    real = call("import", str(SAMPLES / "disqus.xml"), "--foreign", "--json")
    assert json.loads(real.out)["taken"]["comments"] == 5
    again = call("import", str(SAMPLES / "disqus.xml"), "--foreign", "--json")
    assert json.loads(again.out)["taken"]["comments"] == 0
    path = tmp_path / "out.jsonl"
    assert call("export", "-o", str(path)).code == 0
    assert call("export").out.encode() == path.read_bytes()
    assert call("export", "-o", str(path)).code == 1  # it exists
    assert call("export", "csv", "-o", str(path), "--force").code == 0
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


def test_a_dry_run_says_what_would_be_skipped_and_why(call: Call, site: str) -> None:
    dry = call("import", "disqus", str(SAMPLES / "disqus.xml"), "--dry-run")
    assert dry.code == 1, dry.err
    assert "Would be imported: 0. Already here: 0. Would be skipped: 5." in dry.out
    assert "Outside this site’s addresses: " in dry.out and "foreign_page" not in dry.out
    for line in dry.out.splitlines():
        assert line.startswith("  ") or line[-1] in ".:", line


@pytest.mark.parametrize("locale", ["en", "de", "fr", "es", "ar"])
def test_every_example_has_a_name(locale: str) -> None:
    for code in {*LEFT_OUT, *DECIDED} - {"of_these"}:
        assert "_" not in example(code, "here", "there", locale).partition(":")[0]


def test_an_export_makes_its_site_anew(
    call: Call, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("import", str(SAMPLES / "disqus.xml"), "--foreign")
    path = tmp_path / "out.jsonl"
    call("export", "-o", str(path))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "elsewhere"))
    made = call("import", "--new-site", "commentsvc", str(path))
    assert made.code == 0, made.err
    assert "Skipped" not in made.out
    assert call("export").out.encode() == path.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("import", "nowhere.xml"), 2, "no file"),
        (("import", "klingon", "{disqus}"), 2, "Unknown format"),
        (("import", "--new-site", "{disqus}"), 2, "does not describe a site"),
        (("import", "a", "b", "c"), 2, "one file"),
        (("import", "{readme}"), 1, "format"),
        (("import", "--site", "nope", "{disqus}"), 1, "no site"),
        (("export", "klingon"), 1, "can’t be exported"),
        (("export", "-o", "{folder}/no/such"), 1, "cannot be written"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(
    call: Call, site: str, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    readme = tmp_path / "readme.txt"
    readme.write_text("Hello.")
    given = {"disqus": str(SAMPLES / "disqus.xml"), "readme": str(readme), "folder": str(tmp_path)}
    found = call(*(each.format(**given) for each in arguments))
    assert found.code == code and said in found.err, found.err
    assert "Traceback" not in found.err


def test_several_sites_want_a_name(call: Call, site: str) -> None:
    call("site", "add", "Another", "--origin", "https://other.example.org", "--key", "other")
    found = call("import", str(SAMPLES / "disqus.xml"))
    assert found.code == 2 and "--site" in found.err


def test_without_a_site_the_error_says_how_to_create_one(call: Call) -> None:
    call("user", "add", "mona@example.org", "--name", "Mona")
    found = call("export")
    assert found.code == 2 and "commentsvc init" in found.err and "--site" not in found.err


def test_a_map_says_where_pages_are(call: Call, site: str, tmp_path: Path) -> None:
    rows = tmp_path / "map.csv"
    rows.write_text(f"\ufeff# old, new\nt1,{BLOG}/one\n", "utf-8")
    file = tmp_path / "saved.csv"
    file.write_text("thread_url,thread_id,text\nt1,t1,Hello\n")
    said = call("import", str(file), "--map", str(rows), "--json")
    assert json.loads(said.out)["taken"]["comments"] == 1, said.out
    assert f"{BLOG}/one" in call("export").out
    rows.write_text("only one cell\n")
    assert call("import", str(file), "--map", str(rows)).code == 1


def test_a_cut_off_file_is_imported_up_to_the_cut(call: Call, site: str, tmp_path: Path) -> None:
    data = (SAMPLES / "wordpress.xml").read_text("utf-8")
    cut = tmp_path / "cut.xml"
    cut.write_text(data[: data.index("<wp:comment_id>5")], "utf-8")
    refused = call("import", str(cut), "--site", site)
    assert refused.code == 1 and "--part" in refused.err
    done = call("import", "--part", "--foreign", str(cut), "--site", site)
    assert done.code == 0 and "Imported 3 comments" in done.out
    assert "Only the part before the damage can be imported" in done.out


def test_an_import_that_leaves_everything_out_fails(call: Call, site: str) -> None:
    said = call("import", str(SAMPLES / "wordpress.xml"), "--site", site)
    assert said.code == 1 and "Imported 0 comments" in said.out and "outside" in said.out
    assert "--foreign" in said.out and "site alias add" in said.out
