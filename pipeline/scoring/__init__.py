"""Scores: a finished run against gold records."""
