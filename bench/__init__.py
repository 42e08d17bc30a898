"""Measurements at full size. Each script runs by itself: `python -m bench.NAME --help`."""
