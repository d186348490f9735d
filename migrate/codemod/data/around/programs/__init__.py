"""Programs: which Python a command line, a description, a handler or another program runs."""
