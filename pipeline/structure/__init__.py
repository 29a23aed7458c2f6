"""Text becomes head, heading tree and references."""
