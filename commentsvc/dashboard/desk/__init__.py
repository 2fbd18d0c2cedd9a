"""Where moderators read and decide: the queue, its cards, search, people, the log."""
