"""The JSON shapes of the service: how stored rows look in its answers."""
