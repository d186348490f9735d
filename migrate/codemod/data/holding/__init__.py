"""Dicts and objects that hold what was read from a settings file or the environment."""
