"""Libraries that talk to AWS, or configure others that do."""
