"""From a decided cluster to edits, and the checks of the new text."""
