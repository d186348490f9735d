"""Pydantic AI: its providers for Bedrock."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

LIBRARY = Library(
    name="Pydantic AI",
    documentation="https://ai.pydantic.dev/models/bedrock/",
    sinks=(
        SinkSpec(
            ("pydantic_ai.providers.bedrock.BedrockProvider", "pydantic_ai.providers.bedrock_mantle.BedrockMantleProvider"),
            Style.KEYWORD,
            endpoint=("base_url",),
        ),
    ),
    before='provider = BedrockProvider(region_name="eu-west-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='provider = BedrockProvider(region_name="eu-west-1", profile_name="dev")',
    why="The provider creates a boto3 session with `profile_name`.",
)
