"""What people may do on both sides, played at random, and an oracle that says what must have come of it."""
