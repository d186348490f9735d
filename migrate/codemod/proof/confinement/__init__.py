"""Which expressions may be what holds a key at all, found by following its names and no values: anything not understood lets it go anywhere."""
