"""Keys that do not stand in Python: in `.env` and settings files that a program reads, and in its environment."""
