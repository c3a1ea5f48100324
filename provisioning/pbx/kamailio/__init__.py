"""Kamailio as the router of a switch: its configuration, its file, its memory, and test calls."""
