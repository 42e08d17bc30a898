"""The token authority: applications, tokens and sign-in."""
