"""Following a conversation: who does, what is told when it goes on, and how often."""
