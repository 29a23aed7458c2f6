"""Raw text becomes edits, so that every offset leads back."""
