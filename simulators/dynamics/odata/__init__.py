"""The language of OData requests: addresses, options and filters. Nothing here knows a record."""
