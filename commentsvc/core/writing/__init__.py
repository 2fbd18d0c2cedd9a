"""Writing to the database: whose turn it is, and whether it accepts writes."""
