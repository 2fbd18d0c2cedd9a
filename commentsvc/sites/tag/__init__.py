"""The site's tag on an owner's page: whether it is there, and whether browsers will show the box."""
