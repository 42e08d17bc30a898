"""The configuration document: its schema, defaults, and the YAML form with line numbers. No I/O."""
