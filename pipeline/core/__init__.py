"""Types and rules every stage shares; imports nothing else of the package."""
