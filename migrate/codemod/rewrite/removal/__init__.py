"""What goes when the sinks need no key any more."""
