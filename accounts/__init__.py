"""Organizations, people, API clients, what they may do and see, and the journal."""
