"""The built wheel, alone in an empty environment outside the checkout, gives a working demo."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.live import ask

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 90


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT],
        check=True,
    )
    (found,) = folder.glob("*.whl")
    return found


def test_it_holds_what_the_product_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        r"commentsvc/templates/macros/comment\.html",
        r"commentsvc/demo/newspaper\.json",
        r"commentsvc/demo/templates/demo/article\.html",
        r"commentsvc/locales/en/widget\.json",
        r"commentsvc/static/embed/embed\.js",
        r"commentsvc/static/embed/made/embed\.js",
        r"commentsvc/static/embed/made/parts/writing\.js",
        r"commentsvc/static/dashboard/vendor/chart\.umd\.min\.js",
        r"commentsvc/static/dashboard/vendor/chart-LICENSE\.txt",
        r"commentsvc/migrations/versions/0001_.*\.py",
        r"commentsvc/toxicity/model/.+",
    ):
        assert any(re.fullmatch(wanted, name) for name in names), wanted
    assert not [name for name in names if name.startswith(("tests", "bench", "scripts"))]
    assert not [name for name in names if name.endswith((".pyc", ".db"))]


def test_it_names_its_version_and_licence(wheel: Path) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    archive = zipfile.ZipFile(wheel)
    (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    lines = archive.read(metadata).decode().splitlines()
    assert f"Version: {project['version']}" in lines
    assert f"License-Expression: {project['license']}" in lines
    for name in ("LICENSE", "NOTICE"):
        held = archive.read(f"{metadata.removesuffix('METADATA')}licenses/{name}")
        assert held == (ROOT / name).read_bytes()


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.drill)])
def test_it_runs_the_demo(wheel: Path, tmp_path: Path, whole: bool) -> None:
    """`whole` downloads every dependency; else those of this environment are borrowed."""
    place = tmp_path / "venv"
    venv.create(place, with_pip=whole, symlinks=True)
    python = place / "bin" / "python"
    if whole:
        subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    else:
        packages = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
        zipfile.ZipFile(wheel).extractall(packages)
        # only the folder: the editable install beside them is not followed from here
        (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    out = tmp_path / "demo.log"
    with out.open("wb") as log:
        demo = subprocess.Popen(
            [python, "-m", "commentsvc", "demo", "--port", "0"],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
            stdout=log,
            stderr=log,
        )
    try:
        port = _ready(demo, out)
        page = ask(port, "GET", "/demo/night-ferry")
        assert page.status == 200 and b"/embed.js" in page.body
        assert ask(port, "GET", "/embed.js").status == 200
        href = f"http://localhost:{port}/demo/night-ferry"
        frame = ask(port, "GET", f"/embed/thread?site=demo&href={href}")
        assert frame.status == 200 and "trombone" in frame.body.decode()
        for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', frame.body.decode()):
            assert ask(port, "GET", address).status == 200, address
        where = subprocess.run(
            [python, "-c", "import commentsvc; print(commentsvc.__file__)"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert where.stdout.startswith(str(place))
        assert (tmp_path / "instance" / "comments.db").exists()
    finally:
        demo.terminate()
        assert demo.wait(30) == 0, out.read_text()[-2000:]


def _ready(demo: subprocess.Popen[bytes], out: Path) -> int:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        text = out.read_text(errors="replace")
        found = re.search(r"^ready http://localhost:(\d+)/$", text, re.MULTILINE)
        if found:
            for name in ("owner", "moderator", "reader"):
                assert f"{name}@example.org" in text
            return int(found[1])
        assert demo.poll() is None, text[-3000:]
        time.sleep(0.1)
    raise AssertionError(f"not ready in {SECONDS} s:\n{out.read_text()[-3000:]}")
