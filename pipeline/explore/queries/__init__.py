"""All SQL of the explorer, as functions. Values are bound, never written into a statement."""
