"""Libraries that call models on Bedrock and SageMaker."""
