"""The scorers that a setting can name; heavy ones run in a process of their own."""
