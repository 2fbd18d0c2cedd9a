"""What moderators read: queues, cards, search, people, the log. Nothing here writes."""
