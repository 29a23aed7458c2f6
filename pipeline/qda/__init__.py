"""Hand-over to programs for qualitative data analysis, and the way back."""
