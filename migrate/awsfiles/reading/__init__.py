"""The two AWS files as the SDKs read them."""
