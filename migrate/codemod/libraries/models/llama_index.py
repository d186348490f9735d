"""LlamaIndex: its Bedrock models."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style, report

_MODELS = (
    "llama_index.llms.bedrock_converse.BedrockConverse",
    "llama_index.llms.bedrock_converse.base.BedrockConverse",
    "llama_index.llms.bedrock.Bedrock",
    "llama_index.llms.bedrock.base.Bedrock",
    "llama_index.llms.Bedrock",
    "llama_index.embeddings.bedrock.BedrockEmbedding",
    "llama_index.embeddings.bedrock.base.BedrockEmbedding",
    "llama_index.postprocessor.bedrock_rerank.BedrockRerank",
    "llama_index.postprocessor.bedrock_rerank.AWSBedrockRerank",
    "llama_index.retrievers.bedrock.AmazonKnowledgeBasesRetriever",
)

LIBRARY = Library(
    name="LlamaIndex",
    documentation="https://pypi.org/project/llama-index-llms-bedrock-converse/",
    sinks=(
        SinkSpec(_MODELS, Style.KEYWORD),
        SinkSpec(
            (
                "llama_index.embeddings.bedrock.BedrockEmbedding.from_credentials",
                "llama_index.embeddings.bedrock.base.BedrockEmbedding.from_credentials",
            ),
            Style.KEYWORD,
            profile="aws_profile",
        ),
        report(
            "llama_index.readers.s3.S3Reader",
            "llama_index.readers.s3.base.S3Reader",
            advice="remove the keys and set AWS_PROFILE, or pass fs=s3fs.S3FileSystem(profile=…) to SimpleDirectoryReader",
        ),
    ),
    before='llm = BedrockConverse(model="…", aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='llm = BedrockConverse(model="…", profile_name="dev")',
    why="The model creates a boto3 session with `profile_name`.",
)
