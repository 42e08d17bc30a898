"""What people use instead: programs of their own, which know nothing of ac365, run against the same simulators."""
