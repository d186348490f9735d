"""LiteLLM: the arguments of its calls to Bedrock and SageMaker."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

_CALLS = ("completion", "acompletion", "embedding", "aembedding", "text_completion", "atext_completion", "image_generation", "aimage_generation",
          "rerank", "arerank", "responses", "aresponses", "batch_completion")  # fmt: skip

LIBRARY = Library(
    name="LiteLLM",
    documentation="https://docs.litellm.ai/docs/providers/bedrock",
    sinks=(
        SinkSpec(
            tuple(f"litellm.{f}" for f in _CALLS),
            Style.KEYWORD,
            profile="aws_profile_name",
            endpoint=("api_base", "base_url", "aws_bedrock_runtime_endpoint"),
            # these make LiteLLM assume the role with the keys (or the environment's), whatever profile stands beside them
            conflicts=("aws_role_name", "aws_web_identity_token"),
        ),
    ),
    before='completion(model="bedrock/…", messages=m, aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='completion(model="bedrock/…", messages=m, aws_profile_name="dev")',
    why="`aws_profile_name` takes precedence over any key, including keys in the environment.",
)
