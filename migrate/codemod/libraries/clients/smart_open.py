"""smart_open: a client or session in `transport_params`."""

from migrate.codemod.libraries.spec import Library, report

LIBRARY = Library(
    name="smart_open",
    documentation="https://github.com/piskvorky/smart_open",
    sinks=(report("smart_open.*", advice="pass transport_params={'client': boto3.Session(profile_name=…).client('s3')}"),),
    before='open("s3://bucket/a", transport_params={"client": boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET)})',
    after='open("s3://bucket/a", transport_params={"client": boto3.Session(profile_name="dev").client("s3")})',
    why="The client determines the identity, so the boto3 call is rewritten. Keys in an s3:// URL are reported.",
)
