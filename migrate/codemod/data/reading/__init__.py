"""Settings files as programs read them: which file a path means, and what comes of reading it."""
