"""Search, take in what belongs together, analyse each program, and hand over changes and findings."""
