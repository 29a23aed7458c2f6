"""The knowledge table becomes files for other programs."""
