"""Cases beyond single comments: appeals, notices, sanctions, heated conversations."""
