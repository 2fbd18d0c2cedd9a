"""The lock file names everything installed, with hashes; the bill of materials agrees; an audit
that could not run is no success."""

from __future__ import annotations

import json
import sys
import tomllib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import packages
from tests.laws import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ALL = packages.read_lock(packages.LOCK.read_text("utf-8"))
LOCKED = {each.name: each for each in ALL}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def wanted() -> list[Requirement]:
    """The requirements in pyproject.toml, including the lock file's extras."""
    open_ = [*PROJECT["dependencies"]]
    extras = [*packages.EXTRAS]
    while extras:
        open_ += PROJECT["optional-dependencies"][extras.pop()]
        for line in [each for each in open_ if each.startswith("commentsvc[")]:
            open_.remove(line)
            extras += Requirement(line).extras
    return [Requirement(line) for line in open_]


def test_it_works() -> None:
    """Every requirement is locked in a suitable version. If not: `make lock`."""
    for each in wanted():
        locked = LOCKED.get(canonicalize_name(each.name))
        assert locked, f"{each.name} is missing: make lock"
        assert each.specifier.contains(locked.version), f"{each.name} {locked.version}: make lock"
    for locked in LOCKED.values():
        assert locked.hashes and locked.via, locked.name
        assert len(set(locked.hashes)) == len(locked.hashes), locked.name


def test_the_lock_names_no_place() -> None:
    """Hashes are enough: the installer decides where a package is downloaded from."""
    text = packages.LOCK.read_text("utf-8")
    assert "://" not in text and "index-url" not in text


def test_a_line_that_is_not_understood_is_told() -> None:
    with pytest.raises(ValueError, match="git"):
        packages.read_lock("flask==3.1\ngit+ssh://example.org/x\n")


def test_the_bill_of_materials(tmp_path: Path) -> None:
    assert packages.sbom(tmp_path / "new" / "a.json") == 0
    text = (tmp_path / "new" / "a.json").read_text("utf-8")
    assert packages.sbom(tmp_path / "b.json") == 0 and (tmp_path / "b.json").read_text() == text
    found = json.loads(text)
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    refs = [each["bom-ref"] for each in found["components"]]
    assert len(refs) == len(set(refs)) == len(ALL) + 1
    assert f"pkg:pypi/flask@{LOCKED['flask'].version}" in refs
    assert [each for each in refs if each.startswith("pkg:npm/chart.js@")]
    own = found["metadata"]["component"]
    assert own["version"] == version("commentsvc")
    below = {each["ref"]: each["dependsOn"] for each in found["dependencies"]}
    assert set(below) == {*refs, own["bom-ref"]}
    assert {ref for each in below.values() for ref in each} <= set(refs)
    assert f"pkg:pypi/flask@{LOCKED['flask'].version}" in below[own["bom-ref"]]
    assert (
        f"pkg:pypi/werkzeug@{LOCKED['werkzeug'].version}"
        in (below[f"pkg:pypi/flask@{LOCKED['flask'].version}"])
    )
    licensed = [each for each in found["components"] if each.get("licenses")]
    assert len(licensed) > 0.8 * len(refs)


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ([{"name": "flask", "version": "3", "vulns": []}], 0, "No known vulnerabilities in 1"),
        (
            [
                {
                    "name": "flask",
                    "version": "1",
                    "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}],
                },
                {"name": "x", "skip_reason": "not found"},
            ],
            1,
            "flask 1: CVE-1, fixed in 2",
        ),
        (
            [{"name": "flask", "version": "3", "vulns": []}, {"name": "x", "skip_reason": "?"}],
            packages.OFFLINE,
            "NOT audited, or not all of them. Unknown to the database that was asked: 1 (x)",
        ),
        ([], packages.OFFLINE, "NOT audited"),
        (None, packages.OFFLINE, "cannot be reached: Could not connect"),
    ],
)
def test_an_audit_says_what_it_knows(
    capfd: pytest.CaptureFixture[str], answer: Any, status: int, said: str
) -> None:
    """With a stand-in for pip-audit that prints what it would."""
    told = json.dumps({"dependencies": answer})
    code = f"print({told!r})" if answer is not None else "raise SystemExit('Could not connect')"
    assert packages.audit([sys.executable, "-c", code]) == status
    out, err = capfd.readouterr()
    assert said in out + err
    assert ("No known" in out) == (status == 0)
