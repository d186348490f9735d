"""A home folder with AWS profiles in it."""

from pathlib import Path

NAMES = ("dev", "prod", "other", "staging", "ops", "from-file", "of-one", "of-two", "of-the-folder")


def with_profiles(home: Path, *more: str) -> None:
    """Writes an AWS config file with these profiles."""
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / "config").write_text("".join(f"[profile {name}]\noutput = json\n\n" for name in (*NAMES, *more)))
