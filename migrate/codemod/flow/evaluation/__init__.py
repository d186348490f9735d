"""What each expression may stand for."""
