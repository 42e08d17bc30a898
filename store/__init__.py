"""The edge to Postgres: everything the sync has to remember. SQL stands in `sql/`, one file per table."""
