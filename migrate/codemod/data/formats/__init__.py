"""Settings files by format: their entries with positions, and edits to the byte."""
