"""Scripts that post: the signs of one, and the small effort that is then required."""
