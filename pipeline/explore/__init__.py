"""The explorer: pages over a finished run, served on this machine only."""
