"""Walk folders, read files and settings, and spread work over processes: what `code`, `scan` and `bulk` share."""
