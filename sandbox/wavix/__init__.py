"""Wavix as its API description says it behaves."""
