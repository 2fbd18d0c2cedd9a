"""What no scorer of toxicity finds, found in the text itself: private data, self-harm, threats."""
