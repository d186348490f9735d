"""OpenAI's clients for Bedrock."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

LIBRARY = Library(
    name="OpenAI",
    documentation="https://github.com/openai/openai-python",
    sinks=(
        SinkSpec(
            tuple(f"{m}.{c}" for m in ("openai", "openai.lib.bedrock") for c in ("BedrockOpenAI", "AsyncBedrockOpenAI")),
            Style.KEYWORD,
            profile="aws_profile",
            endpoint=("base_url",),
        ),
    ),
    before='client = BedrockOpenAI(aws_access_key_id=KEY, aws_secret_access_key=SECRET, aws_region="eu-west-1")',
    after='client = BedrockOpenAI(aws_profile="dev", aws_region="eu-west-1")',
    why="The client accepts either keys or `aws_profile`, but not both.",
)
