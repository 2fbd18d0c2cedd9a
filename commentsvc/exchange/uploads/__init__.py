"""Files that owners upload: stored, tried in a dry run, and imported by a job."""
