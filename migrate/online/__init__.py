"""What talks to AWS: logins, the access portal, STS and IAM. The only importers of boto3 and botocore."""
