"""The whole migration: both halves decided together, and what is left after them."""
