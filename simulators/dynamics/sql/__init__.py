"""What OData means in SQL."""
