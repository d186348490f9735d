"""`code` over many repositories: each in a process of its own, what is done kept in one SQLite file, so that a run can go on."""
