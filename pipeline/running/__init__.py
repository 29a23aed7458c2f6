"""The only place with processes, disk and time."""
