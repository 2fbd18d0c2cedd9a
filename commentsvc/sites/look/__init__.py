"""The look of a site's box: its colors, its choices, and a style sheet of its own."""
