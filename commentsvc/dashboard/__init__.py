"""Surface: queue, log, sites, people."""
