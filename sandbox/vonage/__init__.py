"""Vonage as its API descriptions say it behaves."""
