"""What a program is given through a framework: command lines and settings."""
