"""LangChain: langchain-aws, and what langchain-community has of it."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style, report

_CLASSES: dict[str, tuple[str, ...]] = {
    "langchain_aws": (
        "ChatBedrock", "ChatBedrockConverse", "ChatBedrockNovaSonic", "ChatOpenAIMantle", "BedrockLLM",
        "SagemakerEndpoint", "BedrockEmbeddings", "BedrockRerank", "AmazonKendraRetriever", "AmazonKnowledgeBasesRetriever",
        "NeptuneGraph", "NeptuneAnalyticsGraph", "AmazonS3Vectors",
    ),
    "langchain_aws.chat_models": ("ChatBedrock", "ChatBedrockConverse", "ChatBedrockNovaSonic", "ChatOpenAIMantle"),
    "langchain_aws.chat_models.bedrock": ("ChatBedrock",),
    "langchain_aws.chat_models.bedrock_converse": ("ChatBedrockConverse",),
    "langchain_aws.chat_models.bedrock_nova_sonic": ("ChatBedrockNovaSonic",),
    "langchain_aws.chat_models.openai": ("ChatOpenAIMantle",),
    "langchain_aws.chat_models.sagemaker_endpoint": ("ChatSagemakerEndpoint",),
    "langchain_aws.llms": ("BedrockLLM", "SagemakerEndpoint"),
    "langchain_aws.llms.bedrock": ("BedrockLLM",),
    "langchain_aws.llms.sagemaker_endpoint": ("SagemakerEndpoint",),
    "langchain_aws.embeddings": ("BedrockEmbeddings",),
    "langchain_aws.embeddings.bedrock": ("BedrockEmbeddings",),
    "langchain_aws.document_compressors.rerank": ("BedrockRerank",),
    "langchain_aws.retrievers": ("AmazonKendraRetriever", "AmazonKnowledgeBasesRetriever"),
    "langchain_aws.retrievers.bedrock": ("AmazonKnowledgeBasesRetriever",),
    "langchain_aws.retrievers.kendra": ("AmazonKendraRetriever",),
    "langchain_aws.graphs": ("NeptuneGraph", "NeptuneAnalyticsGraph"),
    "langchain_aws.graphs.neptune_graph": ("NeptuneGraph", "NeptuneAnalyticsGraph"),
    "langchain_aws.vectorstores": ("AmazonS3Vectors",),
    "langchain_aws.vectorstores.s3_vectors": ("AmazonS3Vectors",),
    "langchain_aws.vectorstores.s3_vectors.base": ("AmazonS3Vectors",),
    "langchain_community.chat_models": ("BedrockChat",),
    "langchain_community.chat_models.bedrock": ("BedrockChat",),
    "langchain_community.embeddings": ("BedrockEmbeddings",),
    "langchain_community.embeddings.bedrock": ("BedrockEmbeddings",),
    "langchain_community.llms": ("Bedrock", "SagemakerEndpoint"),
    "langchain_community.llms.bedrock": ("Bedrock",),
    "langchain_community.retrievers": ("AmazonKendraRetriever", "AmazonKnowledgeBasesRetriever"),
}  # fmt: skip
"""Which class a program imports from which module."""

_MAKERS = ("from_texts", "from_documents")  # of AmazonS3Vectors; each takes what its class takes

LIBRARY = Library(
    name="LangChain",
    documentation="https://python.langchain.com/docs/integrations/providers/aws/",
    sinks=(
        SinkSpec(
            (
                *(f"{module}.{name}" for module, names in _CLASSES.items() for name in names),
                *(f"{module}.AmazonS3Vectors.{f}" for module, names in _CLASSES.items() if "AmazonS3Vectors" in names for f in _MAKERS),
            ),
            Style.KEYWORD,
            profile="credentials_profile_name",
            endpoint=("endpoint_url", "base_url", "openai_api_base", "anthropic_api_url"),
        ),
        report(
            *(f"{m}.ChatAnthropicBedrock" for m in ("langchain_aws", "langchain_aws.chat_models", "langchain_aws.chat_models.anthropic")),
            advice="it has no parameter for a profile: remove the keys and set AWS_PROFILE, or use ChatBedrockConverse with credentials_profile_name=…",
        ),
        report(
            *(f"{m}.ChatAnthropicMantle" for m in ("langchain_aws", "langchain_aws.chat_models", "langchain_aws.chat_models.anthropic")),
            advice="replace the keys with credentials_profile_name=…; make sure that AWS_ACCESS_KEY_ID is not set, which takes precedence over the profile",
        ),
        report(
            "langchain.chat_models.init_chat_model",
            "langchain.chat_models.base.init_chat_model",
            advice="for the provider bedrock_converse, pass credentials_profile_name=… instead of the keys",
        ),
        report(
            *(f"langchain_community.document_loaders.{c}" for c in ("S3FileLoader", "S3DirectoryLoader")),
            "langchain_community.document_loaders.s3_file.S3FileLoader",
            "langchain_community.document_loaders.s3_directory.S3DirectoryLoader",
            advice="the loader creates its client with boto3's default credential chain: remove the keys and set AWS_PROFILE",
        ),
    ),
    before='llm = ChatBedrock(model_id="…", aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='llm = ChatBedrock(model_id="…", credentials_profile_name="dev")',
    why="`credentials_profile_name` takes precedence over any key, including keys in the environment.",
)
