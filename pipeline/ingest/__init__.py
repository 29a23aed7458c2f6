"""A file's bytes become raw text with the place of each block."""
