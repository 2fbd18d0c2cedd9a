"""The shapes of /api/v1: requests, responses, and their fields."""
