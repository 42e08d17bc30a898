"""What ac365 has of its own in Dynamics: shown first, made, checked and taken away again."""
