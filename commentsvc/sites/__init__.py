"""Where: sites, their people, their policy."""
