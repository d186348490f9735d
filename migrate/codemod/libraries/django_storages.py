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
    why="Keys and a profile at once are refused by django-storages (ImproperlyConfigured), so the keys go (unset AWS_ACCESS_KEY_ID in the environment too, which it takes for a setting); within OPTIONS the name is `session_profile`.",
)
