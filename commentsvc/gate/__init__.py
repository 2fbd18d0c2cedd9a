"""The entrance of our own server: reads a whole request from granian before it takes a thread."""
