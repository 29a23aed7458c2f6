"""Sentences become number mentions, then measures."""
