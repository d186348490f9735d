"""Anthropic's clients for Claude on AWS."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style, report

_PLACES = ("anthropic", "anthropic.lib.bedrock")

LIBRARY = Library(
    name="Anthropic",
    documentation="https://docs.anthropic.com/en/api/claude-on-amazon-bedrock",
    sinks=(
        SinkSpec(
            tuple(f"{m}.{c}" for m in (*_PLACES, "anthropic.lib.bedrock._client") for c in ("AnthropicBedrock", "AsyncAnthropicBedrock")),
            Style.KEYWORD,
            key_id=("aws_access_key",),
            secret=("aws_secret_key",),
            positional=("aws_secret_key", "aws_access_key", "aws_region", "aws_profile", "aws_session_token", "api_key", "base_url", "timeout",
                        "max_retries", "default_headers", "default_query"),
            profile="aws_profile",
            endpoint=("base_url",),
        ),
        SinkSpec(
            (
                *(f"{m}.{c}" for m in _PLACES for c in ("AnthropicBedrockMantle", "AsyncAnthropicBedrockMantle")),
                *(f"{m}.{c}" for m in ("anthropic", "anthropic.lib.aws") for c in ("AnthropicAWS", "AsyncAnthropicAWS")),
            ),
            Style.KEYWORD,
            key_id=("aws_access_key",),
            secret=("aws_secret_key",),
            profile="aws_profile",
            endpoint=("base_url",),
        ),
        report("anthropic_bedrock.*", advice="this package is discontinued: use `from anthropic import AnthropicBedrock` with aws_profile=…"),
    ),
    before='client = AnthropicBedrock(aws_access_key=KEY, aws_secret_key=SECRET, aws_region="eu-west-1")',
    after='client = AnthropicBedrock(aws_profile="dev", aws_region="eu-west-1")',
    why="The boto3 session that signs each request uses `aws_profile`; keys would take precedence, so they are removed.",
)  # fmt: skip
