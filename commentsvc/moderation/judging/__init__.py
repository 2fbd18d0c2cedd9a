"""From a submission to a verdict: facts, rules, words, reasons, urgency."""
