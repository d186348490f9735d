"""Where does a literal go? An abstract interpreter over `ast`: nothing of the code under work is imported or run."""
