"""From the tables into a file of any format; and all that is kept about one person."""
