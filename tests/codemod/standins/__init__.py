"""Stand-ins for the libraries that take keys. They record who signs each call; put this folder's `path` in front of `sys.path`."""

from pathlib import Path

path = Path(__file__).parent / "modules"
