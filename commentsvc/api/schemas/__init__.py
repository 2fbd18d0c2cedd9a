"""The shapes of /api/v1: what is asked, what is told, and the fields they are made of."""
