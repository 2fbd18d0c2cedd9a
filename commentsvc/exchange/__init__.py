"""Moving comments in from other systems and out again; knows no HTTP."""
