"""What an address is made of, and whose it is; urls.py puts it together."""
