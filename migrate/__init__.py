"""Moves AWS profiles and Python code from long-lived access keys to IAM Identity Center (SSO) profiles."""

__version__ = "0.1.0"
