"""The data configuration: a draft that is edited in small forms, looked at as a whole, and saved."""
