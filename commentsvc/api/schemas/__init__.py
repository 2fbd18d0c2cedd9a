"""The shapes of /api/v1: requests, responses, and the fields they are made of."""
