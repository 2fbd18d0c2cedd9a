"""Files that owners upload: kept, tried, and imported by a job."""
