"""Where a value goes that comes from a settings file or from the environment."""
