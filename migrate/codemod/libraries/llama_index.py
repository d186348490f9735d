"""LlamaIndex: its Bedrock models."""

from migrate.codemod.libraries.spec import Library, Takes

LIBRARY = Library(
    name="LlamaIndex",
    documentation="https://pypi.org/project/llama-index-llms-bedrock-converse/",
    takes=(
        Takes(
            (
                "llama_index.llms.bedrock_converse.BedrockConverse",
                "llama_index.llms.bedrock.Bedrock",
                "llama_index.embeddings.bedrock.BedrockEmbedding",
            ),
            "keyword",
        ),
    ),
    before='llm = BedrockConverse(model="…", aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='llm = BedrockConverse(model="…", profile_name="dev")',
    why="`profile_name` goes to the boto3 session that the model makes.",
)
