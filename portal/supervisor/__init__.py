"""Starts, watches and stops everything one machine needs: stores, portal, workers, demo."""
