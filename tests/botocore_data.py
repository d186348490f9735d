"""Has botocore's descriptions of the services of these tests read: each client of a new process reads and parses them for a fifth of a second.

A process is given each file once, and reads it as ever when it asks again.
"""

from contextlib import suppress

from botocore.exceptions import UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader

_really = JSONFileLoader.load_file
_read: dict[str, object] = {}


def _keep(self: JSONFileLoader, path: str) -> object:
    _read[path] = _really(self, path)
    return _read[path]


def _give(self: JSONFileLoader, path: str) -> object:
    return _read.pop(path) if path in _read else _really(self, path)


JSONFileLoader.load_file = _keep
_loader = Loader()
for _service in ("s3", "sqs", "sso", "sso-oidc", "sts", "iam"):
    for _kind in ("service-2", "endpoint-rule-set-1", "paginators-1"):
        with suppress(UnknownServiceError):
            _loader.load_service_model(_service, _kind)
for _name in ("endpoints", "partitions", "sdk-default-configuration", "_retry"):
    _loader.load_data(_name)
JSONFileLoader.load_file = _give
del _loader  # which knows the home folder
