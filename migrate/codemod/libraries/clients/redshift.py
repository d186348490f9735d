"""redshift_connector: IAM authentication by a profile."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

LIBRARY = Library(
    name="redshift_connector",
    documentation="https://github.com/aws/amazon-redshift-python-driver",
    sinks=(
        SinkSpec(
            ("redshift_connector.connect",),
            Style.KEYWORD,
            key_id=("access_key_id",),
            secret=("secret_access_key",),
            token=("session_token",),
            profile="profile",
            conflicts=("auth_profile",),  # it is fetched with the keys alone
        ),
    ),
    before='connect(iam=True, cluster_identifier="c", access_key_id=KEY, secret_access_key=SECRET)',
    after='connect(iam=True, cluster_identifier="c", profile="dev")',
    why="With `iam=True` the driver uses a profile's credentials. Keys in COPY and UNLOAD statements are reported.",
)
