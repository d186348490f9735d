"""Libraries that read and write objects in S3."""
