"""DIDWW as the facts of its API say it behaves."""
