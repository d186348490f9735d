"""Whose host an `endpoint_url` names: AWS's, or that of MinIO, Wasabi, R2, LocalStack and the like."""

from urllib.parse import urlsplit

_AWS = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
    "on.aws",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
)
"""The DNS suffixes of AWS's partitions (botocore/data/partitions.json: dnsSuffix and dualStackDnsSuffix), and `on.aws`."""


def is_aws(url: str) -> bool:
    """Is it a host of AWS's (a VPC endpoint, FIPS, dual stack …)? What cannot be read as an address is not."""
    try:
        host = (urlsplit(url if "://" in url else f"//{url}").hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in _AWS)
