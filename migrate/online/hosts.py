"""Which hosts a token, a device code or a signature may be sent to: AWS's own for that service, and those that the environment names for it.

Whoever has a MinIO in the shell has AWS_ENDPOINT_URL set, for all services: it was not said of the login. And below amazonaws.com are hosts of
customers too (buckets, load balancers, instances, functions), so the name must be that of the service's own endpoint, as botocore builds it
(botocore/data/*/endpoint-rule-set-1.json), in the partition whose suffix it has.
"""

import ipaddress
import os
import re
from urllib.parse import SplitResult, urlsplit

_SUFFIXES = {
    r"amazonaws\.com": r"(?!cn-|us-iso|eu-isoe-|eusc-)",
    r"api\.aws": r"(?!cn-|us-iso|eu-isoe-|eusc-)",
    r"amazonaws\.com\.cn": "(?=cn-)",
    r"api\.amazonwebservices\.com\.cn": "(?=cn-)",
    r"amazonaws\.eu": "(?=eusc-)",
    r"api\.amazonwebservices\.eu": "(?=eusc-)",
    r"c2s\.ic\.gov": "(?=us-iso-)",
    r"sc2s\.sgov\.gov": "(?=us-isob-)",
    r"cloud\.adc-e\.uk": "(?=eu-isoe-)",
    r"csp\.hci\.ic\.gov": "(?=us-isof-)",
}
"""DNS suffixes of the partitions, and how the regions of each begin (botocore/data/partitions.json)."""

_REGION = r"[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}"
_GLOBAL = {
    "sts": r"sts\.amazonaws\.com",
    "iam": r"iam(?:-fips)?\.(?:amazonaws\.com|global\.api\.aws)|iam\.us-gov\.(?:amazonaws\.com|api\.aws)",
}
_NAMES = {"sso": r"portal\.sso(?:-fips)?", "sso-oidc": r"oidc(?:-fips)?", "sts": r"sts(?:-fips)?", "iam": r"iam(?:-fips)?"}
_OWN = {
    service: re.compile(
        "|".join(
            [
                *(rf"(?:vpce-[0-9a-z-]+\.)?{name}\.{begin}{_REGION}(?:\.vpce)?\.{suffix}" for suffix, begin in _SUFFIXES.items()),
                *([_GLOBAL[service]] if service in _GLOBAL else []),
            ]
        )
    )
    for service, name in _NAMES.items()
}


ENDPOINT = "the endpoint of "
"""How a message of `fault_of` begins."""


def fault_of(service: str, url: str) -> str | None:
    """Return why a request of `service` (as botocore's events call it) may not be sent to `url`; None where it may. Fit to be shown."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme != "https" and not is_loopback(host):
        return f"{ENDPOINT}{service} is not https ({parts.scheme}://{host})"
    if _named_by_the_environment(service, parts):
        return None
    own = _OWN.get(service)
    if own is not None and own.fullmatch(host) and parts.port in (None, 443) and parts.scheme == "https":
        return None
    name = variable(service)
    general = (
        " (AWS_ENDPOINT_URL applies to every service)"
        if _address(urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))) == _address(parts)
        else ""
    )
    return f"{ENDPOINT}{service} would be {host}, which does not belong to AWS{general}; override it with {name}"


def variable(service: str) -> str:
    """Return the variable that names the endpoint of a service."""
    return f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"


def is_loopback(host: str) -> bool:
    """Is it this machine's own address or name?"""
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def spare_loopback_the_proxy() -> None:
    """See to it that what goes to this machine itself is sent to no proxy, which would read it. For this process and those it starts."""
    if not any(os.environ.get(name) for kind in ("http", "https", "all") for name in (f"{kind}_proxy", f"{kind}_PROXY".upper())):
        return
    named = (urlsplit(os.environ.get(variable(service), "")).hostname or "" for service in _NAMES)
    spared = ["localhost", "127.0.0.1", "::1", *(host for host in named if is_loopback(host))]
    given = os.environ.get("no_proxy", os.environ.get("NO_PROXY", ""))
    if given.strip() == "*":
        return
    whole = ",".join(dict.fromkeys([*(part.strip() for part in given.split(",") if part.strip()), *spared]))
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = whole


def _named_by_the_environment(service: str, parts: SplitResult) -> bool:
    """Did whoever started the program say so themselves? A file may hold an `endpoint_url` that was meant for S3."""
    given = urlsplit(os.environ.get(variable(service), ""))
    return bool(given.hostname) and _address(given) == _address(parts)


def _address(parts: SplitResult) -> tuple[str, str, int | None]:
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, (parts.hostname or "").lower(), port or {"http": 80, "https": 443}.get(parts.scheme)
