"""Digits of other scripts read as ASCII ones, one for one, so that offsets stay."""

from __future__ import annotations

import re

DIGITS = {ord(zero) + value: str(value) for zero in "٠۰०０" for value in range(10)}
OTHERS = re.compile("[٠-٩۰-۹०-९０-９]")
RUNS = re.compile(r"[0-9]+")


def digits_of(text: str) -> str:
    """The digits of a text."""
    return "".join(RUNS.findall(text.translate(DIGITS)))
