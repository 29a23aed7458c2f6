"""Codebooks become codings."""
