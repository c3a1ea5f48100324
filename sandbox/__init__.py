"""Carriers to practise on: the wire behaviour of real ones over fictional numbers, nothing more."""
