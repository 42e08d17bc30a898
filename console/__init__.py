"""The console: server-rendered pages and a JSON API over what the engine knows and does."""
