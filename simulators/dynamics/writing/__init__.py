"""Creating, changing and deleting records, with the rules that the service enforces."""
