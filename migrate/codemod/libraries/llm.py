"""Clients of Bedrock: Anthropic's, LangChain's, LiteLLM's."""

from migrate.codemod.libraries.spec import Library, Takes

_LANGCHAIN = ("ChatBedrock", "ChatBedrockConverse", "BedrockLLM", "Bedrock", "BedrockEmbeddings", "BedrockChat", "BedrockRerank",
              "AmazonKnowledgeBasesRetriever", "AmazonKendraRetriever")  # fmt: skip

LIBRARY = Library(
    name="Bedrock clients",
    documentation="https://docs.litellm.ai/docs/providers/bedrock",
    takes=(
        Takes(
            ("anthropic.AnthropicBedrock", "anthropic.AsyncAnthropicBedrock", "anthropic.lib.bedrock.AnthropicBedrock"),
            "keyword",
            key_id=("aws_access_key",),
            secret=("aws_secret_key",),
            positional=("aws_secret_key", "aws_access_key", "aws_region", "aws_profile", "aws_session_token"),
            profile="aws_profile",
            endpoint=("base_url",),
        ),
        Takes(
            tuple(
                f"{m}.{c}"
                for m in (
                    "langchain_aws",
                    "langchain_aws.chat_models",
                    "langchain_aws.llms",
                    "langchain_aws.embeddings",
                    "langchain_community.chat_models",
                    "langchain_community.llms",
                    "langchain_community.embeddings",
                    "langchain_aws.chat_models.bedrock",
                    "langchain_aws.chat_models.bedrock_converse",
                    "langchain_aws.embeddings.bedrock",
                    "langchain_aws.llms.bedrock",
                    "langchain_aws.retrievers",
                )
                for c in _LANGCHAIN
            ),
            "keyword",
            profile="credentials_profile_name",
        ),
        Takes(
            tuple(
                f"litellm.{f}"
                for f in (
                    "completion",
                    "acompletion",
                    "embedding",
                    "aembedding",
                    "text_completion",
                    "atext_completion",
                    "image_generation",
                    "aimage_generation",
                    "rerank",
                    "arerank",
                    "responses",
                    "aresponses",
                    "batch_completion",
                )
            ),
            "keyword",
            profile="aws_profile_name",
            endpoint=("api_base", "aws_bedrock_runtime_endpoint"),
        ),
    ),
    before='llm = ChatBedrock(model_id="…", aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='llm = ChatBedrock(model_id="…", credentials_profile_name="dev")',
    why="Each has a parameter of its own for a profile.",
)
