"""Alerts: what is wrong with an installation, as pure functions over one reading of it."""
