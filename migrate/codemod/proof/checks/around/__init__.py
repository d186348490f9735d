"""What a program stands on: frameworks, AWS files, the modules that Python finds."""
