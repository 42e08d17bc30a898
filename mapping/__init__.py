"""Shapes: columns, fields, canonical values and the compiled mapping between them. No I/O."""
