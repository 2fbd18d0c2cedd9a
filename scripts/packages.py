"""The packages that commentsvc is installed with: a lock file with hashes, a bill of materials
(SBOM), and a check for known vulnerabilities.

    python scripts/packages.py lock | sbom [FILE] | audit
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
EXTRAS = ("scale", "channels")  # as in the image
_ENTRY = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)\s*(?:;\s*([^\\\n]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VENDORED = ROOT / "static" / "dashboard" / "vendor" / "chart.umd.min.js"
_NAMESPACE = uuid.UUID("6f1b0c52-6f0c-4a53-9e53-6b1d2f6f7a10")  # ours, for stable serial numbers
OFFLINE = 3  # the exit status if the audit was not possible


@dataclass
class Locked:
    """One package of the lock file: its hashes, and the packages that need it."""

    name: str
    version: str
    marker: str | None = None
    hashes: list[str] = field(default_factory=list)
    via: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def read_lock(text: str) -> list[Locked]:
    """The packages of a lock file. Raises ValueError for a line that is not understood."""
    found: list[Locked] = []
    for line in text.splitlines():
        plain = line.strip()
        if entry := _ENTRY.match(plain):
            found.append(Locked(entry[1], entry[2], entry[3]))
        elif found and (hashed := _HASH.match(plain)):
            found[-1].hashes.append(hashed[1])
        elif found and plain.startswith("#"):
            name = plain.removeprefix("#").strip().removeprefix("via").strip()
            found[-1].via += [name.partition(" ")[0]] if name else []
        elif plain:
            raise ValueError(plain)
    return found


def lock() -> int:
    """Write the lock file again, with the newest versions that pyproject.toml allows."""
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        *extras,
        "--universal",
    ]
    options = [
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-header",
        "--upgrade",
        "--quiet",
    ]
    done = subprocess.run([*command, *options, "-o", LOCK.name], cwd=ROOT, check=False)
    return done.returncode


def bill(packages: list[Locked], version: str) -> dict[str, Any]:
    """A bill of materials in CycloneDX's JSON (1.6). The same packages give the same bytes."""
    own = f"pkg:pypi/commentsvc@{version}"
    components = [_component(each) for each in packages]
    components.append(_vendored())
    refs: dict[str, list[Locked]] = {}  # a name may have several versions, for different Pythons
    for each in packages:
        refs.setdefault(each.name, []).append(each)
    vendored = components[-1]["bom-ref"]
    needs: dict[str, set[str]] = {own: {vendored}, vendored: set()}
    for each in packages:
        needs.setdefault(each.purl, set())
        for above in each.via:
            ours = above.startswith("commentsvc")
            for ref in [own] if ours else [one.purl for one in refs[above]]:
                needs.setdefault(ref, set()).add(each.purl)
    body = json.dumps([components, sorted(own)], sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, body + version)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "commentsvc",
                "version": version,
                "purl": own,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(below)} for ref, below in sorted(needs.items())
        ],
    }


def _component(package: Locked) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        # one for every file that may be installed: a system's wheel, or the source
        "properties": [{"name": "commentsvc:sha256", "value": each} for each in package.hashes],
    }
    if license := _license(package.name):
        found["licenses"] = [license]
    if package.marker:
        found["properties"].insert(0, {"name": "commentsvc:marker", "value": package.marker})
    return found


def _license(name: str) -> dict[str, Any] | None:
    """The installed package's license; None if it is not installed here or does not state one."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if "License-Expression" in about:
        return {"expression": about["License-Expression"]}
    classified = [
        each for each in about.get_all("Classifier") or () if each.startswith("License ::")
    ]
    typed = about.get_all("License") or [""]
    said = classified[0].rpartition(" :: ")[2] if classified else str(typed[0])
    said = said.splitlines()[0][:100] if said else ""
    return {"license": {"name": said}} if said else None


def _vendored() -> dict[str, Any]:
    """Chart.js, which is in static/ unchanged."""
    body = _VENDORED.read_bytes()
    version = re.search(rb"Chart\.js v([\d.]+)", body[:400])
    if version is None:
        raise ValueError(f"{_VENDORED.name} does not say its version")
    purl = f"pkg:npm/chart.js@{version[1].decode()}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": "chart.js",
        "version": version[1].decode(),
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(body).hexdigest()}],
        "licenses": [{"license": {"id": "MIT"}}],
    }


def sbom(target: Path) -> int:
    """Write the bill of materials of the lock file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    made = bill(read_lock(LOCK.read_text("utf-8")), metadata.version("commentsvc"))
    target.write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    print(f"Wrote {target}: {len(made['components'])} components.")
    return 0


def audit(command: list[str] | None = None) -> int:
    """Look for known vulnerabilities in the packages of the lock file: 0 none, 1 some. If the
    database cannot be reached, or does not know a package, it prints that and returns OFFLINE."""
    command = command or [sys.executable, "-m", "pip_audit"]
    options = ["--requirement", str(LOCK), "--disable-pip", "--require-hashes", "--format", "json"]
    quiet = ["--progress-spinner", "off"]
    done = subprocess.run([*command, *options, *quiet], capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return _not_audited(f"The database of vulnerabilities cannot be reached: {last[:300]}")
    known = [(each, flaw) for each in found for flaw in each.get("vulns", ())]
    for each, flaw in known:
        fixed = ", ".join(flaw.get("fix_versions", ())) or "no version yet"
        print(f"{each['name']} {each['version']}: {flaw['id']}, fixed in {fixed}")
    skipped = [each["name"] for each in found if "skip_reason" in each]
    if known:
        return 1
    if skipped or not found:
        named = ", ".join(skipped[:5]) + (", …" if len(skipped) > 5 else "")
        return _not_audited(f"Unknown to the database that was asked: {len(skipped)} ({named})")
    print(f"No known vulnerabilities in {len(found)} packages.")
    return 0


def _not_audited(why: str) -> int:
    print(f"The packages were NOT audited, or not all of them. {why}", file=sys.stderr)
    return OFFLINE


def main(arguments: list[str]) -> int:
    """Run the command named by the first argument."""
    match arguments:
        case ["lock"]:
            return lock()
        case ["sbom"]:
            return sbom(ROOT / "dist" / "commentsvc.cdx.json")
        case ["sbom", target]:
            return sbom(Path(target))
        case ["audit"]:
            return audit()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
