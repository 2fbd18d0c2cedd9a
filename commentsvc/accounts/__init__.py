"""Who: people and how they prove it."""
