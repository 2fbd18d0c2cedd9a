"""From the tables into a file of any format, and all data about one person."""
