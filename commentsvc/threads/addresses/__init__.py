"""The parts of canonical addresses, and which site they belong to; urls.py combines them."""
