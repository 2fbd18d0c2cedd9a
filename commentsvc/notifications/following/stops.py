"""What the unsubscribe link in an email about followed conversations stops."""

from __future__ import annotations

ONE = "follow:"  # followed by the conversation's public ID
GATHERED = "gathered"  # all daily and weekly news
