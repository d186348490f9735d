"""Which characters an edit cuts and what takes their place."""
