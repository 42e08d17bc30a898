"""Functions and actions of the Web API."""
