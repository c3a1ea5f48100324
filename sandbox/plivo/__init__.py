"""Plivo as its documentation says it behaves."""
