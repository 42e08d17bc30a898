"""Wiring: settings, logs, services and the Celery application."""
