"""Rounds: an installation with real processes in which people work, is struck at random moments, and is judged then."""
