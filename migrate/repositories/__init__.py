"""The version control that files are under: clean or not, a branch, a commit. Nothing that a repository configures is run."""
