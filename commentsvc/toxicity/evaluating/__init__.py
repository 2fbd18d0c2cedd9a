"""How good a scorer is, measured on labelled tables."""
