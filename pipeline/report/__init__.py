"""The report of a finished run: one HTML file that says what was read, found and doubted, and how."""
