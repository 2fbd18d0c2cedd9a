"""The base of all rooms; knows nothing about comments."""
