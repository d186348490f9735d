"""Names: the scopes they belong to, and the bindings that may reach a place where one is read."""
