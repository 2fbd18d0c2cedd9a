"""How emails look beside their plain text."""
