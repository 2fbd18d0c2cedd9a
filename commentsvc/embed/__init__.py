"""Surface: the page inside the frame."""
