"""Bandwidth as its description of the numbers interface, version 2, says it behaves."""
