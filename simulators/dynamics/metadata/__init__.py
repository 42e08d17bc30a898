"""Definitions of tables and columns, read and changed through the Web API."""
