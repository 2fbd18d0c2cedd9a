"""Making the embedded model again. Needs the extra `train` (torch)."""
