"""Cases beyond one decision: appeals, notices, sanctions, bulk decisions, heated conversations."""
