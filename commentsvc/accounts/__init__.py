"""Who: people and their credentials."""
