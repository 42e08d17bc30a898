"""The core: what should happen to a record. No I/O, no clock."""
