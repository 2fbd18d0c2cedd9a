"""Train the embedded model. Needs the extra `train` (torch)."""
