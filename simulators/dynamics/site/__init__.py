"""What a person sees in a browser: signing in, record forms with their web resources, and the client API."""
