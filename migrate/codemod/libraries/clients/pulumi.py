"""Pulumi: its AWS provider."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

LIBRARY = Library(
    name="Pulumi",
    documentation="https://www.pulumi.com/registry/packages/aws/installation-configuration/",
    sinks=(
        SinkSpec(
            ("pulumi_aws.Provider", "pulumi_aws.provider.Provider"),
            Style.KEYWORD,
            key_id=("access_key",),
            secret=("secret_key",),
            token=("token",),
            profile="profile",
            conflicts=("endpoints",),  # they may lead to LocalStack, which should not see a session's token
        ),
    ),
    before='Provider("eu", access_key=KEY, secret_key=SECRET, region="eu-west-1")',
    after='Provider("eu", profile="dev", region="eu-west-1")',
    why="Keys take precedence over a profile in the provider, so they are removed.",
)
