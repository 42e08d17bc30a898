"""Celery tasks: one short file per stage."""
