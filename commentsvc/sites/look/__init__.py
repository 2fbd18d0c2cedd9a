"""The look of a site's box: its colors, its settings, and its own style sheet."""
