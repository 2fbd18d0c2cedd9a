"""Figures and tuning: charts, the advisor, calibration, fairness, the scorer."""
