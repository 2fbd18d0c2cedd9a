"""What old pages contain and what to change in them."""
