"""Webhooks: what happened to rows is told to the endpoints that are registered for it."""
