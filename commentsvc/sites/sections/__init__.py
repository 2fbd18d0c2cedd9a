"""Parts of a site with settings of their own: which addresses they have, and what differs there."""
