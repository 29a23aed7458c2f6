"""Text becomes sentences and words."""
