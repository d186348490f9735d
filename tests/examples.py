"""How many examples a property is tried with: all of them beside the slow tests, a fifth of them elsewhere.

`tests/run` sets `AWS_SSO_MIGRATE_ALL_EXAMPLES` where it runs the slow tests, and runs those that are marked `many` once more with it.
"""

import os

ALL = "AWS_SSO_MIGRATE_ALL_EXAMPLES" in os.environ


def examples(most: int) -> int:
    """Return the number of examples, of which there are `most`."""
    return most if ALL else most // 5
