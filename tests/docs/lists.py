"""Which commands of the documentation are run elsewhere, and which are not run, and why. All
others are run by test_commands.py. Patterns match a whole command; the page is in front of it."""

from __future__ import annotations

import re
from functools import cache

from tests.docs.shell import commands

_FROM_NOTHING = "tests/browser/test_from_nothing.py"
_IMAGE = "tests/drills/test_image.py"
#: Pattern -> the test that runs the command.
ELSEWHERE = {
    r"README\.md: make demo": "tests/cli/test_demo.py",
    r"README\.md: (python3 -m venv .*|~/comments/bin/.*)": _FROM_NOTHING,
    r"README\.md: docker compose .*": _IMAGE,
    r"docs/api-by-example\.md: .*": "tests/test_docs_examples.py",
    r"docs/install\.md: make demo": "tests/cli/test_demo.py",
    r"docs/install\.md: (python3 -m venv .*|\S+/pip install commentsvc-\S+)": "tests/cli/test_wheel.py",
    r"docs/install\.md: docker compose -f deploy/compose\.yaml .*": _IMAGE,
    r"docs/restore\.md: .*": "tests/cli/test_restoring.py",
}
#: Pattern -> why no test runs the command.
NOT_RUN = {
    r"CONTRIBUTING\.md: .*": "these run the tests",
    r"docs/install\.md: git clone … .*": "the repository's address is left out",
    r"docs/\w+\.md: .*\bpip install .*": "installs packages from the internet",
    r"docs/install\.md: systemd-run .*": "needs a machine with systemd and the service",
    r"docs/install\.md: systemctl .*": "needs a machine with systemd and the service",
    r"docs/install\.md: kubectl .*": "needs a Kubernetes cluster",
    r"(README|docs/install)\.md: export COMMENTS_HOST=\S+": f"a name of one's own; {_IMAGE} uses another",
    r"docs/install\.md: .*compose\.scale\.yaml .*": "needs images of PostgreSQL, Redis and nginx",
    r"docs/import\.md: gh api .*": "needs an account at GitHub",
    r"docs/import\.md: for collection in .*": "needs a server with MongoDB",
    r"docs/scorers\.md: python3 -m venv .*": "prepares an installation of torch",
    r"docs/scorers\.md: .*(detoxify:|onnx:).*": "needs a model to download; make test-detoxify",
    r"docs/scorers\.md: commentsvc run": "starts with that model",
}


@cache
def listed() -> dict[tuple[str, str], str]:
    """(page, command) -> the pattern that lists it."""
    found: dict[tuple[str, str], str] = {}
    for page, lines in commands().items():
        for line in lines:
            for pattern in (*ELSEWHERE, *NOT_RUN):
                if re.fullmatch(pattern, f"{page}: {line}", re.DOTALL):
                    found.setdefault((page, line), pattern)
    return found


def to_run() -> dict[str, list[str]]:
    """The commands of each page that are run here, in its order."""
    found = {
        page: [each for each in lines if (page, each) not in listed()]
        for page, lines in commands().items()
    }
    return {page: lines for page, lines in found.items() if lines}
