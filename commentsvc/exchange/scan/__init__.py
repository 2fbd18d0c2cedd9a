"""What old pages hold and what to change in them."""
