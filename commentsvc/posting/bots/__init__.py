"""Scripts that post: what speaks for one, and the small effort that it has to make then."""
