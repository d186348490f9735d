"""Keys that a program puts into its environment: `os.environ["AWS_ACCESS_KEY_ID"] = …` and its like are sinks too."""

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.sinks import Sink


def find_environment(interpreter: Interpreter) -> list[Sink]:
    """Writes of AWS variables to `os.environ`."""
    return []
