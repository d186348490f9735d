"""django-storages: settings by name, or the OPTIONS of STORAGES."""

from migrate.codemod.libraries.spec import Library, Role, SinkSpec, Style

SETTINGS = {
    "AWS_ACCESS_KEY_ID": Role.KEY_ID, "AWS_S3_ACCESS_KEY_ID": Role.KEY_ID, "AWS_SECRET_ACCESS_KEY": Role.SECRET, "AWS_S3_SECRET_ACCESS_KEY": Role.SECRET,
    "AWS_SESSION_TOKEN": Role.TOKEN, "AWS_SECURITY_TOKEN": Role.TOKEN, "AWS_S3_SESSION_PROFILE": Role.PROFILE,
}  # fmt: skip
"""What it reads in Django's settings to sign."""

QUIET_APPS = frozenset(
    {
        "django", "storages", "rest_framework", "rest_framework_simplejwt", "corsheaders", "django_filters", "debug_toolbar", "django_extensions",
        "crispy_forms", "crispy_bootstrap4", "crispy_bootstrap5", "allauth", "drf_yasg", "drf_spectacular", "guardian", "mptt", "taggit", "ckeditor",
        "import_export", "django_celery_beat", "django_celery_results", "channels", "whitenoise", "compressor", "rosetta", "axes",
        "simple_history", "silk", "oauth2_provider", "graphene_django", "jazzmin", "grappelli", "tinymce", "widget_tweaks", "bootstrap4",
        "bootstrap5", "django_bootstrap5", "health_check", "waffle", "reversion", "constance", "solo", "phonenumber_field", "django_countries",
        "csp", "django_tables2", "django_htmx", "dj_rest_auth", "django_redis", "psqlextra", "polymorphic", "nested_admin", "daphne", "logging",
        "redis", "pythonjsonlogger", "rich", "sentry_sdk", "gunicorn", "argparse", "collections", "wagtail", "modelcluster",
    }
)  # fmt: skip
"""First names of Django apps, middleware and backends that read no setting `AWS_…` (wagtail and the like go by django-storages)."""

LIBRARY = Library(
    name="django-storages",
    documentation="https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html",
    sinks=(
        SinkSpec(
            (
                "storages.backends.s3.S3Storage",
                "storages.backends.s3boto3.S3Boto3Storage",
                "storages.backends.s3.S3StaticStorage",
                "storages.backends.s3.S3ManifestStaticStorage",
                "storages.backends.s3boto3.S3StaticStorage",
                "storages.backends.s3boto3.S3ManifestStaticStorage",
            ),
            Style.KEYWORD,
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
