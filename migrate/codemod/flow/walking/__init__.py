"""Statements: what each binds, and where control goes after it."""
