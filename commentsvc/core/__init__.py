"""What every room stands on; knows nothing about comments."""
