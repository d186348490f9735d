"""What is around the code: other readers of a settings file, other modules, and where a program runs."""
