"""Learning from decisions: advice on limits, calibration, fairness, replay, statistics."""
