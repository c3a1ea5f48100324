"""Flowroute as its API description and its documentation say it behaves."""
