"""Where records are kept: SQLite with one writer and many readers."""
