"""Other readings of a text whose words say nothing as they stand."""
