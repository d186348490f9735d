"""boto3 as far as signing goes."""

import sys
from types import ModuleType, SimpleNamespace

from signing_record import Client, from_environment, identity

DEFAULT_SESSION = None


class Session:
    def __init__(
        self,
        aws_access_key_id=None,
        aws_secret_access_key=None,
        aws_session_token=None,
        region_name=None,
        botocore_session=None,
        profile_name=None,
    ):
        self._keys = (aws_access_key_id, aws_secret_access_key, aws_session_token)
        self._profile = profile_name
        self.region_name = region_name

    def _who(self):
        return identity(*self._keys, self._profile, from_environment())

    def client(
        self, service_name, region_name=None, api_version=None, use_ssl=True, verify=None, endpoint_url=None, aws_access_key_id=None,
        aws_secret_access_key=None, aws_session_token=None, config=None,
    ):  # fmt: skip
        who = identity(aws_access_key_id, aws_secret_access_key, aws_session_token, None, self._who())
        return Client(service_name, who, region=region_name or self.region_name, endpoint=endpoint_url)

    resource = client

    def get_credentials(self):
        if self._keys[0]:
            return SimpleNamespace(access_key=self._keys[0], secret_key=self._keys[1], token=self._keys[2])
        return SimpleNamespace(access_key=f"<{self._profile}>", secret_key=f"<{self._profile}>", token="t")


def setup_default_session(**kwargs):
    global DEFAULT_SESSION
    DEFAULT_SESSION = Session(**kwargs)


def _default():
    return DEFAULT_SESSION or Session()


def client(*args, **kwargs):
    return _default().client(*args, **kwargs)


def resource(*args, **kwargs):
    return _default().resource(*args, **kwargs)


session = ModuleType("boto3.session")
session.Session = Session
sys.modules["boto3.session"] = session
__path__: list[str] = []
