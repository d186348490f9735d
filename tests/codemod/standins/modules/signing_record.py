"""What the stand-ins record: one entry for each call that would go to AWS, with the identity that would sign it."""

import os

CALLS: list[tuple[str, str]] = []


def identity(key=None, secret=None, token=None, profile=None, otherwise="default chain"):
    """Who signs: keys where given, else a profile, else what stands behind it."""
    if key or secret:
        if key and str(key).startswith("<"):
            return f"profile {str(key)[1:-1]}" if token else "a profile's keys without their token"
        return f"key {key}/{secret}" + (f"/{token}" if token else "")
    return f"profile {profile}" if profile else otherwise


def from_environment():
    """The default chain: keys of the environment, then AWS_PROFILE."""
    env = os.environ
    return identity(env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY"), env.get("AWS_SESSION_TOKEN"), env.get("AWS_PROFILE"))


class Client:
    """Every method of it is a call that is signed."""

    def __init__(self, name, who, **rest):
        self.__dict__.update(_name=name, _who=who, _rest=rest)

    def __getattr__(self, operation):
        if operation.startswith("__"):
            raise AttributeError(operation)

        def call(*args, **kwargs):
            CALLS.append((f"{self._name}.{operation}{args}{sorted(kwargs.items())}{sorted(self._rest.items())}", self._who))
            return Client(f"{self._name}.{operation}", self._who)

        return call

    def __getitem__(self, key):
        return Client(f"{self._name}[{key}]", self._who)

    def __iter__(self):
        return iter(())
