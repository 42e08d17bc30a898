"""Alerts: the reading of an installation, the look at it once a minute, and telling somebody."""
