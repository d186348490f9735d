"""Modules that a file takes by a name that it computes: which they may be, and what is read of them."""
