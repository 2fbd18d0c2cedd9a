"""The moderators' desk: the queue, its cards, search, people, the log."""
