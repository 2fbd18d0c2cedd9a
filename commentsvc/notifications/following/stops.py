"""What the link at the end of an email about followed conversations stops."""

from __future__ import annotations

ONE = "follow:"  # with the conversation's public id behind it
GATHERED = "gathered"  # all that comes once a day or a week
