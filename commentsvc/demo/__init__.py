"""The demo: a fictional newspaper with the tag on its pages and busy readers."""
