"""Bytes in, the same bytes out: Python, notebooks' cells, newer syntax; positions and notes."""
