"""What holds values: classes, dicts, lists and their like."""
