"""Surface: JSON under /api/v1."""
