"""The commands on pages of the documentation: read from their blocks, and run as a shell would."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from tests.live import House, free_port
from tests.manual import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import ExitStack

#: The languages of blocks with commands.
SHELLS = ("sh", "bash", "shell", "console")
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(?:^|\s+)#\s.*$", re.MULTILINE)
_SETS = re.compile(r"\w+=")


def blocks() -> Iterator[tuple[str, str, str]]:
    """(page, language, text) of each block of code."""
    for page, text in pages().items():
        for _, language, block in _BLOCK.findall(text):
            yield page, language, textwrap.dedent(block)


def split(block: str) -> Iterator[str]:
    """The commands of a block, each whole, without its comment."""
    begun: list[str] = []
    for line in _COMMENT.sub("", block).splitlines():
        begun.append(line)
        text = "\n".join(begun)
        if line.strip() and _is_whole(text):
            yield re.sub(r"\s*\\\n\s*", " ", text).strip()
            begun = []
        begun = [each for each in begun if each.strip()]
    assert not begun, begun


def _is_whole(text: str) -> bool:
    if text.endswith("\\") or (text.startswith("for ") and "\ndone" not in text):
        return False
    try:
        shlex.split(text)
    except ValueError:  # a quotation goes on
        return False
    return True


@cache
def commands() -> dict[str, tuple[str, ...]]:
    """The commands of each page that has any, in its order."""
    found: dict[str, list[str]] = {}
    for page, language, block in blocks():
        if language in SHELLS:
            found.setdefault(page, []).extend(split(block))
    return {page: tuple(each) for page, each in found.items()}


@dataclass
class Shell:
    """One shell in an installation of its own. `filled` replaces what a page leaves to its reader,
    also by what a function returns once it is needed; `typed` is what somebody enters after a
    command."""

    home: House
    filled: dict[str, str | Callable[[], str]]
    during: ExitStack  # what is there until the page's last command
    typed: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    folder: str = "."

    def run(self, command: str) -> str:
        """Run a command, or start it if it goes on; returns what it prints. It must succeed."""
        line = command
        for place in sorted(self.filled, key=len, reverse=True):
            if place in line:
                value = self.filled[place]
                line = line.replace(place, value if isinstance(value, str) else value())
        words = shlex.split(line)
        variables = {}
        while words and _SETS.match(words[0]):
            name, _, variables[name] = words.pop(0).partition("=")
        if words[0] in ("export", "unset"):
            self._remember(words)
        elif words[:2] in (["commentsvc", "run"], ["commentsvc", "worker"]):
            port = free_port() if words[1] == "run" else None
            self.home.start(*words[1:], port=port, **variables)
        else:
            self.said[command] = self._finish(command, line, words, variables)
        return self.said.get(command, "")

    def _remember(self, words: list[str]) -> None:
        for each in words[1:]:
            name, _, value = each.partition("=")
            if words[0] == "export":
                self.home.environ[name] = value
            else:
                del self.home.environ[name]

    def _finish(self, command: str, line: str, words: list[str], variables: dict[str, str]) -> str:
        given = {**self.home.environ, **variables}
        if words[0] == "commentsvc" and command not in self.typed:
            to = words.index(">") if ">" in words else len(words)
            done = self.home.command(*words[1:to], **variables)
            if to < len(words):
                (self.home.folder / words[to + 1]).write_text(done.stdout, "utf-8")
        else:
            ours = f"{shlex.quote(sys.executable)} -m commentsvc"
            line = re.sub(r"^((?:\w+=\S+ )*)commentsvc\b", rf"\1{ours}", line)
            kept = self.home.folder / "folder"
            done = subprocess.run(
                ["sh", "-c", f"set -e; cd {shlex.quote(self.folder)}\n{line}\npwd > '{kept}'"],
                cwd=self.home.folder,
                env=given,
                input=self.typed.get(command, ""),
                capture_output=True,
                text=True,
                timeout=120,
                start_new_session=True,  # no terminal that a password would be read from
                check=False,
            )
            self.folder = kept.read_text().strip() if kept.exists() else self.folder
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout + done.stderr
