"""HTTP things that all surfaces share."""
