"""Codebooks as files: opened by their suffix, checked with every mistake and hint, written as workbooks."""
