"""The door of our own server: takes a whole request off granian, and only then a thread for it."""
