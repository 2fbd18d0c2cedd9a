"""What is bigger than one comment: appeals, notices, sanctions, heated conversations."""
