"""Sinks, credentials, clusters of what hangs together, and the profile of each key."""
