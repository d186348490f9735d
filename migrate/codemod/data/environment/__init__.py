"""The variables of the environment: where a program reads them, and the standard ones that it hands over by hand."""
