"""What each call signs with, and what it had beside its key."""
