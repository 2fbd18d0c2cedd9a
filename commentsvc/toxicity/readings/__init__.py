"""Other readings of a text whose words make no sense as they stand."""
