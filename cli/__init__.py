"""The command line, ac365."""
