"""Layers become rows, rows become files."""
