"""boto3's and botocore's sessions: what they are called, what they read, and what changes them."""

from migrate.codemod.libraries.spec import Role, SinkSpec, Style

SDKS = frozenset({"boto3", "aioboto3", "botocore", "aiobotocore"})
ALIASES = {
    "boto3.session": "boto3",
    "aioboto3.session": "aioboto3",
    "botocore.session.get_session": "botocore.session.Session",
    "aiobotocore.session.get_session": "aiobotocore.session.AioSession",
    "aiobotocore.get_session": "aiobotocore.session.AioSession",
    "s3fs.core": "s3fs",
}
"""One name for what is exported under several."""
DEFAULT_SESSIONS = {"boto3.DEFAULT_SESSION": "boto3.Session()", "boto3._get_default_session()": "boto3.Session()"}
"""Names of the default session; the witness takes them for something that is not understood."""
SESSIONS = ("boto3.Session", "aioboto3.Session")
SET_DEFAULT = ("boto3.setup_default_session", "aioboto3.setup_default_session")
MAKING_CLIENTS = ("client", "resource", "create_client")
"""What makes clients, by the last name of what is called."""
MAKING_SESSIONS = ("Session", "setup_default_session")
"""What makes a session, or the default one, by the last name."""
PARAMETERS = (
    "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region_name", "botocore_session", "profile_name", "aws_account_id",
)  # fmt: skip
"""The parameters of boto3.Session, in their order (boto3/session.py)."""
ROLES = {"aws_access_key_id": Role.KEY_ID, "aws_secret_access_key": Role.SECRET, "aws_session_token": Role.TOKEN}
"""Those of botocore's clients that hold a key's parts."""
PROFILED = {
    name: SinkSpec(
        (name,),
        Style.KEYWORD,
        key_id=(),
        secret=(),
        token=(),
        profile="profile",
        endpoint=(),
        positional=("session_vars", "event_hooks", "include_builtin_handlers", "profile"),
    )
    for name in ("botocore.session.Session", "aiobotocore.session.AioSession")
}
"""Sessions that take a profile and no keys (botocore.session.Session)."""
CONFIGURED = frozenset(f"{name}().set_config_variable" for name in PROFILED)
CREDENTIAL_GETTERS = frozenset({"get_credentials", "get_frozen_credentials"})
"""Methods that give a session's credentials: by these names, they are asked for even where it is not known that a session is asked."""
STATE = frozenset({"DEFAULT_SESSION", "_session", "user_agent_extra", "user_agent_name", "user_agent_version", "user_agent", "set_default_client_config",
                   "set_config_variable", "set_credentials", "register_component", "lazy_register_component", "events", "get_component",
                   "_get_default_session", "full_config", "session_var_map"})  # fmt: skip
"""What gives a session something that a fresh one would not have (botocore.session)."""

VARIABLES = {
    "AWS_ACCESS_KEY_ID": Role.KEY_ID,
    "AWS_SECRET_ACCESS_KEY": Role.SECRET,
    "AWS_SESSION_TOKEN": Role.TOKEN,
    "AWS_SECURITY_TOKEN": Role.TOKEN,
}
"""Variables in which botocore and the AWS CLI look for a key."""
PROFILE_VARIABLE = "AWS_PROFILE"
READ_VARIABLES = {**VARIABLES, PROFILE_VARIABLE: Role.PROFILE}
"""What botocore and the AWS CLI read of the environment to sign."""
REGION_VARIABLES = ("AWS_DEFAULT_REGION", "AWS_REGION")
FILE_VARIABLES = frozenset({"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"})
HOME_VARIABLES = frozenset({"HOME", "USERPROFILE"})
"""Variables that say where the AWS files are, where nothing else does (os.path.expanduser)."""
ENVIRONMENT = SinkSpec(
    ("os.environ[]",),
    Style.ENVIRONMENT,
    ("AWS_ACCESS_KEY_ID",),
    ("AWS_SECRET_ACCESS_KEY",),
    ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    profile=PROFILE_VARIABLE,
    endpoint=(),
)
"""`os.environ["AWS_ACCESS_KEY_ID"] = …` and its like."""

OWN_USER = frozenset({"get_user", "list_access_keys", "create_access_key", "update_access_key", "delete_access_key", "change_password", "list_mfa_devices",
                      "CurrentUser", "get_login_profile", "update_login_profile", "list_signing_certificates", "list_ssh_public_keys"})  # fmt: skip
"""Calls of IAM that mean the caller's own user where no name is given, which a role does not have (IAM API reference, UserName)."""
