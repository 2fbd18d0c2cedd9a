"""@commentsvc/embed, as npm takes it: what is in it, its types, its size, and that servers can import it.
tests/browser/test_element.py shows it in pages."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import tarfile
import tomllib
from pathlib import Path

from scripts.need import NODE_FOLDER

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "integrations" / "npm"
MOST = 2500  # bytes, gzipped, with its comments: bundlers take those out
TYPED = """
import { load, type Commentsvc } from "../../integrations/npm/commentsvc.js";
const element = document.createElement("commentsvc-comments");
element.site = "harbour";
element.orderBy = "newest";
element.addEventListener("state", (event) => console.log(event.type));
const api: Commentsvc = await load("https://comments.example.org");
api.mount(element, { site: "harbour" }).title.trim();
"""


def test_it_works() -> None:
    """Where there is no window, importing it does nothing, and asking for the loader says why not."""
    script = (
        f"const it = await import({json.dumps((FOLDER / 'commentsvc.js').as_uri())});"
        "const why = await it.load('https://c.example').catch((error) => error.message);"
        "console.log(typeof it.CommentsvcComments, why);"
    )
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "function There is no page to show comments on.\n"
    assert done.stderr == ""


def test_the_package() -> None:
    package = json.loads((FOLDER / "package.json").read_text("utf-8"))
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert package["version"] == tomllib.load(file)["project"]["version"]
    assert package["license"] == "MIT" and "dependencies" not in package
    named = re.findall(r'"\./([^"]+\.(?:js|ts))"', json.dumps(package["exports"]))
    assert {*named} == {*package["files"]}
    held = {path.name for path in FOLDER.iterdir()}
    assert held == {*package["files"], "package.json", "README.md"}


def test_it_packs(tmp_path: Path) -> None:
    command = ["npm", "pack", FOLDER, "--pack-destination", tmp_path, "--silent", "--offline"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (packed,) = tmp_path.iterdir()
    named = re.findall(r"commentsvc-embed-[\d.]+\.tgz", (FOLDER / "README.md").read_text("utf-8"))
    assert {*named} == {packed.name}
    with tarfile.open(packed) as held:
        assert len(held.getnames()) == len([*FOLDER.iterdir()])


def test_it_is_small() -> None:
    assert len(gzip.compress((FOLDER / "commentsvc.js").read_bytes())) < MOST


def _types(*files: Path) -> str:
    options = ("--noEmit", "--strict", "--target", "es2022", "--module", "es2022")
    more = ("--moduleResolution", "bundler", "--lib", "es2022,dom")
    tool = NODE_FOLDER / "node_modules" / ".bin" / "tsc"
    return subprocess.run(
        [tool, *options, *more, *files], capture_output=True, text=True, check=False
    ).stdout


def test_its_types(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.ts", tmp_path / "wrong.ts"
    right.write_text(TYPED.replace("../../integrations/npm", FOLDER.as_posix()), "utf-8")
    text = right.read_text("utf-8")
    wrong.write_text(text.replace('element.site = "harbour"', "element.site = 1"), "utf-8")
    assert re.findall(r"(\w+\.\w+)\((\d+),", _types(right, wrong)) == [("wrong.ts", "4")]
