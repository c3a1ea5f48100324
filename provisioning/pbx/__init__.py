"""Switches we can feed: one folder for each product."""
