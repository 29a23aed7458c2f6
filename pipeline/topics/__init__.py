"""Bags of words become topics."""
