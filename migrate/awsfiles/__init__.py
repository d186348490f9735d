"""The AWS files `~/.aws/config` and `~/.aws/credentials`: read as the SDKs read them, edited without touching what was not asked for."""
