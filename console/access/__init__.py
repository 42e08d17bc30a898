"""Who may use the console: sign-in, sessions, roles."""
