"""Logins by IAM Identity Center: the device code, the tokens, the access portal."""
