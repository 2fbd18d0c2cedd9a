"""What is bigger than one comment: appeals, notices, sanctions, bulk decisions, heated threads."""
