"""The one module through which every file of the user's is written: diff, apply, journal, undo."""
