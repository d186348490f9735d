"""django-storages: settings by name, or the OPTIONS of STORAGES."""

from migrate.codemod.libraries.spec import Library, Takes

LIBRARY = Library(
    name="django-storages",
    documentation="https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html",
    takes=(
        Takes(
            (
                "storages.backends.s3.S3Storage",
                "storages.backends.s3boto3.S3Boto3Storage",
                "storages.backends.s3.S3StaticStorage",
                "storages.backends.s3.S3ManifestStaticStorage",
                "storages.backends.s3boto3.S3StaticStorage",
                "storages.backends.s3boto3.S3ManifestStaticStorage",
            ),
            "keyword",
            key_id=("access_key",),
            secret=("secret_key",),
            token=("security_token",),
            profile="session_profile",
        ),
    ),
    before="AWS_ACCESS_KEY_ID = KEY\nAWS_SECRET_ACCESS_KEY = SECRET",
    after='AWS_S3_SESSION_PROFILE = "dev"',
    why="django-storages rejects keys together with a profile (ImproperlyConfigured), so the keys are removed. Also unset AWS_ACCESS_KEY_ID in the environment, which it treats as a setting. Within OPTIONS the name is `session_profile`.",
)
