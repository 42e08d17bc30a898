"""Answers to GET: pages, single records, changes since a token, expansions and annotations."""
