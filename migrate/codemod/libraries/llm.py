"""Clients of Bedrock: Anthropic's, LangChain's, LiteLLM's."""

from migrate.codemod.libraries.spec import Library, Takes

_LANGCHAIN = ("ChatBedrock", "ChatBedrockConverse", "BedrockLLM", "Bedrock", "BedrockEmbeddings", "BedrockChat", "BedrockRerank",
              "AmazonKnowledgeBasesRetriever", "AmazonKendraRetriever", "ChatBedrockNovaSonic", "ChatSagemakerEndpoint", "SagemakerEndpoint",
              "AmazonS3Vectors")  # fmt: skip

LIBRARY = Library(
    name="Bedrock clients",
    documentation="https://docs.litellm.ai/docs/providers/bedrock",
    takes=(
        Takes(
            (
                "anthropic.AnthropicBedrock",
                "anthropic.AsyncAnthropicBedrock",
                "anthropic.lib.bedrock.AnthropicBedrock",
                "anthropic.lib.bedrock.AsyncAnthropicBedrock",
            ),
            "keyword",
            key_id=("aws_access_key",),
            secret=("aws_secret_key",),
            positional=("aws_secret_key", "aws_access_key", "aws_region", "aws_profile", "aws_session_token"),
            profile="aws_profile",
            endpoint=("base_url",),
        ),
        Takes(
            (
                "anthropic.AnthropicBedrockMantle",
                "anthropic.AsyncAnthropicBedrockMantle",
                "anthropic.AnthropicAWS",
                "anthropic.AsyncAnthropicAWS",
            ),
            "keyword",
            key_id=("aws_access_key",),
            secret=("aws_secret_key",),
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
                    "langchain_aws.chat_models.bedrock_nova_sonic",
                    "langchain_aws.chat_models.sagemaker_endpoint",
                    "langchain_aws.llms.sagemaker_endpoint",
                    "langchain_aws.document_compressors",
                    "langchain_aws.document_compressors.rerank",
                    "langchain_aws.retrievers",
                    "langchain_aws.retrievers.bedrock",
                    "langchain_aws.retrievers.kendra",
                    "langchain_aws.vectorstores",
                    "langchain_aws.vectorstores.s3_vectors",
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
            endpoint=("api_base", "base_url", "aws_bedrock_runtime_endpoint"),
            # these make LiteLLM assume the role with the keys (or the environment's), whatever profile stands beside them
            conflicts=("aws_role_name", "aws_web_identity_token"),
        ),
    ),
    before='llm = ChatBedrock(model_id="…", aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='llm = ChatBedrock(model_id="…", credentials_profile_name="dev")',
    why="Each has a parameter of its own for a profile.",
)
