"""Fetch what the WordPress plugin's drill needs: WordPress, MariaDB and PHP's modules, as Debian
packages. They are unpacked into a folder, not installed. PHP itself must already be installed.

    python scripts/wordpress.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".testdeps" / "wordpress"
_STAMP = ".fetched"
_PACKAGES = ("wordpress", "mariadb-server-core", "mariadb-client-core")
_MODULES = ("mysql", "curl", "mbstring", "xml")


def missing() -> str:
    """Why the drill cannot run here; empty if it can."""
    if shutil.which("php") is None:
        return "PHP is not installed (Debian: php-cli)"
    if not (FOLDER / _STAMP).exists():
        return "WordPress has not been fetched: run `make integrations`"
    return ""


def fetch() -> int:
    """Download and unpack, once. Returns 0 even if the drill will be skipped."""
    if (FOLDER / _STAMP).exists():
        return 0
    lacking = [each for each in ("php", "apt-get", "dpkg-deb") if shutil.which(each) is None]
    if lacking:
        print(f"The WordPress drill is skipped, because it needs {', '.join(lacking)}.")
        return 0
    print("Fetching WordPress and MariaDB…", file=sys.stderr)
    version = _said("php", "-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;")
    if os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
    themes = _said("apt-cache", "search", "--names-only", "^wordpress-theme-").splitlines()
    wanted = [*_PACKAGES, *(f"php{version}-{each}" for each in _MODULES)]
    wanted += [line.split()[0] for line in themes]
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "apt-get",
            "-qq",
            "-o",
            "APT::Sandbox::User=root",
            "download",
            *wanted,
            *_libraries(),
        ]
        if subprocess.run(command, cwd=folder, check=False).returncode:
            print("The packages cannot be downloaded; the WordPress drill is skipped.")
            return 0
        for package in sorted(Path(folder).glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, FOLDER], check=True)
    (FOLDER / "usr/share/wordpress/wp-config.php").unlink(missing_ok=True)  # it reads /etc
    (FOLDER / _STAMP).touch()
    return 0


def _libraries() -> list[str]:
    """The libraries that MariaDB links to and this machine lacks."""
    told = _said("apt-cache", "depends", "mariadb-server-core")
    names = [line.split()[-1] for line in told.splitlines() if "Depends: lib" in line]
    have = {each for each in names if _status(each)}
    return [each for each in names if each not in have]


def _status(package: str) -> bool:
    found = subprocess.run(["dpkg", "-s", package], capture_output=True, text=True, check=False)
    return "Status: install ok installed" in found.stdout


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(fetch())
