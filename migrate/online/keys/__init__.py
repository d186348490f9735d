"""Keys in IAM: which there are, what they may do, and their end."""
