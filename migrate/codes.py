"""The one table of finding codes. docs/codes/ is made from it (`python -m migrate.codes docs/codes`), and a test holds the two together.

AWS1xx the AWS files (config, plan) · AWS2xx Python code · AWS3xx scan · AWS4xx verify and login · AWS5xx retire · AWS6xx bulk.
A code never changes its meaning, and is never used again once dropped.
"""

from typing import Literal, NamedTuple


class Code(NamedTuple):
    """A kind of finding: how grave, what it is in one line, why it matters and what to do (Markdown, for docs/)."""

    severity: Literal["error", "warning", "note"]
    title: str
    why: str
    todo: str


CODES: dict[str, Code] = {
    "AWS101": Code(
        "error",
        "A profile has static keys and is not mapped",
        "The profile was left unchanged. Its key works until someone revokes it, and anyone who can read the file can use it.",
        "Map the profile: `--map PROFILE=ACCOUNT_ID/ROLE_NAME`, or `action = sso` in the plan. To keep the key: `--keep PROFILE`, or `action = keep` in the plan.",
    ),
    "AWS102": Code(
        "error",
        "A role profile with an MFA device uses a converted profile as its source",
        "An SSO session has no MFA device, so STS refuses AssumeRole if the role's trust policy requires MFA. With `mfa_serial` set, the SDKs also send an MFA code that does not belong to the session.",
        "Map the role profile itself to an account and role of the access portal (`--map PROFILE=ACCOUNT_ID/ROLE_NAME`). Alternatively, if the role does not need MFA for the SSO role, remove the condition from its trust policy and `mfa_serial` from the profile.",
    ),
    "AWS103": Code(
        "error",
        "A role profile requests more than one hour and uses a converted profile as its source",
        "An SSO profile signs with a role's session. A role assumed from such a session (role chaining) is limited to one hour: STS refuses longer durations.",
        "Map the role profile itself (its session then lasts as long as the permission set allows), or set `duration_seconds = 3600`.",
    ),
    "AWS104": Code(
        "error",
        "A mapped profile sets endpoint_url",
        "`endpoint_url` in a profile applies to every service, including the SSO portal: the SDKs would send the SSO token to that host, and no login would work.",
        "Move the URL to a `[services NAME]` section, under the service it is meant for, and reference the section in the profile: `services = NAME`. If the host does not belong to AWS, keep the profile: SSO credentials do not work there.",
    ),
    "AWS105": Code(
        "error",
        "The credentials file has a section [profile NAME] with static keys",
        "In the credentials file, a section is named after the profile alone. No SDK reads `[profile dev]` there as the profile `dev`, so it is unclear which profile the keys belong to.",
        "Rename the section to `[NAME]` if the keys belong to that profile, or delete the section. Then run again.",
    ),
    "AWS106": Code(
        "error",
        "Some SDKs do not read a profile with this name",
        "SSO settings belong in the config file, where some SDKs ignore names that contain spaces, apostrophes or non-ASCII letters. They do read such names in the credentials file, so converting the profile would hide it from them.",
        "Rename the profile in both files and wherever it is used (letters, digits and `_-/.%@:+`). Then map it by its new name.",
    ),
    "AWS107": Code(
        "error",
        "A section that no SDK reads as a profile has static keys",
        "In the config file, a profile's header is `[profile NAME]` or `[default]`; `[DEFAULT]` in capitals is not a profile. The keys in this section are unused, but may still be active.",
        "Correct the header if the section is meant to be a profile. Otherwise delete the keys, and revoke them if nobody knows what they are for.",
    ),
    "AWS108": Code(
        "error",
        "A profile inherits keys or other settings from [DEFAULT]",
        "botocore and the AWS CLI apply the settings of a section `[DEFAULT]` (in capitals) to every profile in the file; other SDKs do not. Such settings cannot be removed from one profile without changing all the others. A profile that gets its first section in the config file would also start to inherit them, including an `endpoint_url`, which would receive its SSO token.",
        "Move the settings from `[DEFAULT]` to the profile they belong to (perhaps `[default]`), then run again.",
    ),
    "AWS109": Code(
        "error",
        "The profile name NAME-source is already in use",
        "This profile has keys and a role whose `source_profile` is the profile itself. Its SSO settings would go to a new profile `NAME-source`, but a different profile already has that name.",
        "Rename the other profile, or map both by hand.",
    ),
    "AWS110": Code(
        "error",
        "A setting that must be removed appears to contain other settings",
        "Lines that are indented more than the setting above them are part of its value. Here they look like separate settings, which would be lost, or like keys, which no SDK reads there.",
        "Remove the indentation if they are settings of the profile, or delete them. Then run again.",
    ),
    "AWS111": Code(
        "error",
        "Another profile needs this key",
        "A role profile uses this profile as its source. Without the key it would sign with other credentials, or fail.",
        "Map or change the role profile first, or map this profile instead of removing its key.",
    ),
    "AWS112": Code(
        "error",
        "Some SDKs do not read this sso-session",
        "Some SDKs ignore a session whose name contains spaces, quotes or non-ASCII letters, or whose header is followed by other text. A profile that uses the session would not work in them.",
        "Rename the session (letters, digits and `_-/.%@:+`), or use another one: `--sso-session NAME`.",
    ),
    "AWS113": Code(
        "error",
        "Some SDKs do not read a profile with this header",
        "Some SDKs require exactly one space between `profile` and the name, and nothing but a comment after the header. This did not matter while the keys were in the credentials file, but SSO settings in this section would be ignored.",
        "Write the header as `[profile NAME]`, then run again.",
    ),
    "AWS114": Code(
        "error",
        "A role profile that sets endpoint_url uses a converted profile as its source",
        "The SDKs fetch the source profile's credentials with the settings of the profile in use, including its `endpoint_url`: the SSO token would be sent to that host.",
        "Move the URL to a `[services NAME]` section, under the service it is meant for.",
    ),
    "AWS115": Code(
        "error",
        "botocore would reject the converted profile",
        "botocore merges a profile with its `[sso-session]` section and rejects the profile if both have the same setting (`region`, `output`, `sso_account_id`, …) with different values, including values inherited from `[DEFAULT]`. The profile was left unchanged.",
        "Make the two values equal, remove the setting from one of the two sections, or map the profile to another session. Then run again.",
    ),
    "AWS116": Code(
        "error",
        "A profile is mapped to a different account than its key's",
        "A key ID contains the account number. What signs in that account today would sign in a different one.",
        "Correct the account ID. If the other account is intended, confirm it: `--other-account PROFILE`, or `other_account = yes` in the plan.",
    ),
    "AWS117": Code(
        "error",
        "A session lacks the scope for account access",
        "The session's `sso_registration_scopes` do not include `sso:account:access` (typical of sessions made by an IDE). A login to it gives no credentials for any account.",
        "Map the profile to another session, or add `sso:account:access` to the scopes of this one and log in again.",
    ),
    "AWS118": Code(
        "error",
        "The plan is incomplete for a profile with static keys",
        "The plan lists the profile with `action = sso`, but the session, account or role is missing. The profile was left unchanged.",
        "Fill in the missing values (the access portal shows account and role names), or set `action` to `keep` or `remove`.",
    ),
    "AWS121": Code(
        "note",
        "A profile is kept",
        "The profile was named with `--keep`, or has `action = keep` in the plan.",
        "Nothing, if that is still what you want.",
    ),
    "AWS122": Code(
        "note",
        "A profile's endpoint does not belong to AWS",
        "MinIO, Wasabi, R2, LocalStack and similar services have keys of their own, which are unrelated to AWS SSO.",
        "Nothing. If the endpoint belongs to AWS after all, map the profile.",
    ),
    "AWS123": Code(
        "note",
        "A profile uses another source of credentials and has no static keys",
        "It uses a role, a process, a web identity or instance metadata: there is no static key to replace.",
        "Nothing. To use SSO instead, map the profile.",
    ),
    "AWS124": Code(
        "note",
        "A comment in a converted profile still contains a key",
        "The comment is not a commented-out setting, so it was left unchanged.",
        "Delete the comment if you no longer need the key in it.",
    ),
    "AWS125": Code(
        "note",
        "A profile to keep, or a profile in the plan, does not exist",
        "Neither file has this profile. A plan for a whole team may list more profiles than each machine has, but the name may also be misspelled.",
        "If the profile should exist on this machine, correct its name. Otherwise remove it from the command or the plan.",
    ),
    "AWS126": Code(
        "note",
        "A role profile's source_profile was changed",
        "Its source had both a key and a role of its own. SDKs used the key for roles that depend on it, so the source is now the new profile that replaces the key.",
        "Nothing.",
    ),
    "AWS127": Code(
        "warning",
        "A profile that stays unchanged will stop working with its converted source",
        "This profile is kept, or uses an endpoint that does not belong to AWS, so it was left unchanged. But it assumes its role with the credentials of a profile that becomes an SSO profile. An SSO session has no MFA device and limits the role to one hour, and an `endpoint_url` in the role profile would receive the SSO token.",
        "Keep its source profile as well (`--keep`), or map the role profile itself.",
    ),
    "AWS128": Code(
        "note",
        "A commented-out key is removed along with its profile's keys",
        "The commented-out lines are settings of the profile. Their key may still be active, and counts as replaced.",
        "Run `aws-sso-migrate retire` to see whether the key is still active.",
    ),
    "AWS129": Code(
        "warning",
        "A profile of one AWS partition is mapped to a session of another",
        "For example, the profile's region or ARNs belong to GovCloud or China and the session's portal does not. Partitions share neither accounts nor portals, so the portal is unlikely to have credentials for the profile.",
        "Map the profile to a session of its own partition, or correct its region.",
    ),
    "AWS130": Code(
        "note",
        "botocore rejects a profile that stays unchanged",
        "The profile did not work before either: its session does not exist, its SSO setting contradicts its session, or its source of credentials is incomplete. It has no static key, so there is nothing to replace.",
        "Correct the profile, map it, or delete it.",
    ),
    "AWS140": Code(
        "note",
        "The plan is incomplete for a profile",
        "The plan lists the profile with `action = sso`, but the session, account or role is missing. Key IDs created before 2019 do not reveal their account, and no file says which roles you may use.",
        "Fill in `sso_session`, `sso_account_id` and `sso_role_name` (the access portal shows account and role names), or set `action` to `keep` or `remove`. `aws-sso-migrate config --plan` requires these values.",
    ),
    "AWS141": Code(
        "note",
        "A profile's name cannot be written to a plan",
        "The plan is a ConfigObj file. A section name in it cannot contain control characters, or both kinds of quotes.",
        "Map the profile with `--map`, or rename it (letters, digits and `-_.`). Some SDKs do not read such a name either.",
    ),
    "AWS148": Code(
        "note",
        "A problem prevents planning a profile or session",
        "The profile has two sections, uses an undefined session, belongs to a different partition (GovCloud, China) than the session, or has an SSO setting that botocore rejects. Or a session is not used by default because its login gives no credentials for accounts.",
        "Fix the AWS files or the plan, then run `aws-sso-migrate plan` again: it adds what is new.",
    ),
    "AWS149": Code(
        "note",
        "There is nothing to plan",
        "No profile in the AWS files has a static key. No plan is written unless a session was named.",
        "`aws-sso-migrate scan PATH...` looks for keys elsewhere. `--config-file` and `--credentials-file` read other files.",
    ),
    "AWS151": Code(
        "note",
        "A key in code has no profile in the plan",
        "`plan PATH` lists every key ID found in code and settings files. For this one, either no profile fits or more than one does; only you know which one should replace it.",
        "Enter the profile on the key's line under `[keys]`, and remove the `#`.",
    ),
    "AWS191": Code(
        "note",
        "A session needs a login",
        "A converted profile signs with the token of its session, which a login creates. The token lasts for hours and is shared by all profiles of the session, the AWS CLI and the SDKs.",
        "Run `aws-sso-migrate login SESSION` (or `aws sso login --sso-session SESSION`), then `aws-sso-migrate verify`.",
    ),
    "AWS192": Code(
        "note",
        "Replaced keys should be retired",
        "Removing a key from your files does not deactivate it: anyone with a copy can still use it, and this program's backups contain it too.",
        "Once everything works, run `aws-sso-migrate retire` to list the keys, `retire --deactivate` to deactivate them, and `retire --delete` a few days later. Then run `aws-sso-migrate undo --purge RUN`.",
    ),
    "AWS193": Code(
        "error",
        "A change was skipped in the review",
        "You skipped the change in `--review`, or it depends on a profile that you skipped. The key is still there.",
        "Run again with `--review` and accept the change. To keep the key: `--keep PROFILE` or `action = keep` for a profile, `# aws-sso-migrate: ignore` next to a key in code.",
    ),
    "AWS194": Code(
        "warning",
        "A key that undo restores was deactivated or deleted by retire",
        "The run is undone all the same, and its files are restored. But the key in them is inactive or deleted, so AWS will refuse what signs with it.",
        "If the key is inactive, run `aws-sso-migrate retire --reactivate` before `undo`, while the converted profile can still be used to call IAM. A deleted key cannot be restored.",
    ),
    "AWS142": Code(
        "error",
        "AWS rejects a key in the AWS files",
        "STS does not recognize the key ID, the secret does not match, the key has expired, or half of it is missing. Nothing that uses this profile works.",
        "Set `action = remove` in the plan, or map the profile to the account and role it was meant for.",
    ),
    "AWS143": Code(
        "error",
        "The portal could not be queried because you are not logged in",
        "`plan --discover` uses the session's login to list accounts and roles.",
        "Run `aws-sso-migrate login SESSION` (the session must be in the config file; `aws configure sso-session` creates one), then run `plan --discover` again: it fills in what is empty.",
    ),
    "AWS144": Code(
        "error",
        "The portal lists no accounts",
        "The login is valid, but no account is assigned to you, or the session belongs to a different organization.",
        "Ask your Identity Center administrator to assign permission sets to you, and check `sso_start_url`.",
    ),
    "AWS145": Code(
        "error",
        "The portal does not offer the account of a key",
        "No permission set in that account is assigned to you, the account belongs to another organization or partition, or several sessions offer it.",
        "Have a permission set assigned, name another session in the plan, or set `action` to `keep` or `remove`.",
    ),
    "AWS147": Code(
        "error",
        "AWS could not be queried",
        "The connection failed, the request timed out, there were too many requests, or the response was invalid. The plan was written without the missing information.",
        "Run `plan --discover` again: it fills in what is empty.",
    ),
    "AWS201": Code(
        "error",
        "A key is not mapped to a profile",
        "Python code contains a key, and neither `--map-key`, the plan, the AWS credentials file nor this program's backups say which profile it belongs to. A guess could sign with the wrong identity.",
        "Name the profile: `--map-key KEY_ID=PROFILE`, or a line under `[keys]` in the plan. `--profile PROFILE` is used for every key that is not mapped.",
    ),
    "AWS202": Code(
        "error",
        "A key is used in a way that cannot be traced",
        "The key is passed to a callable that is not known to accept a profile, or is assigned, stored or returned in a way the analysis cannot trace. The code was left unchanged.",
        "Use a session or a profile name there by hand. If a library accepts profiles but is not supported yet, please open an issue: support takes one small module.",
    ),
    "AWS203": Code(
        "error",
        "A library accepts keys but not profiles",
        "Some libraries sign requests themselves and do not support profiles (boto 2, PyArrow's own S3 filesystem, Spark, SMTP, …).",
        "The finding says what to do for this library. Most libraries use the default credential chain once the keys are removed: set `AWS_PROFILE`.",
    ),
    "AWS204": Code(
        "error",
        "A key is part of a longer string",
        "SQL, URLs, templates and scripts carry the key to another system, where a profile may have no meaning.",
        "Let the other system use a role (for example Redshift's `IAM_ROLE`, or an instance or pod role) or a credential chain of its own.",
    ),
    "AWS205": Code(
        "error",
        "A key is computed from literals",
        "The key is not written out in the file: it is decoded, reversed, joined or formatted. It is a hardcoded key all the same.",
        "Replace the computation with a profile by hand.",
    ),
    "AWS206": Code(
        "error",
        "A key is one of several possible values, and not all of them are known",
        "The same call signs with this key or with another value (a parameter, an outside variable, another dict). No rewrite would preserve both.",
        "Separate the two cases by hand, then run again.",
    ),
    "AWS207": Code(
        "error",
        "A key is used as data",
        "The key is printed, compared, tested, stored or sent. After a rewrite, the key would no longer be available for that.",
        "Remove that use, or use the profile name there instead. Then run again.",
    ),
    "AWS208": Code(
        "error",
        "Only half of a key is hardcoded",
        "The code contains only the key ID or only the secret; the other half comes from elsewhere.",
        "Remove the key ID and the secret and use `boto3.Session(profile_name=…)`.",
    ),
    "AWS209": Code(
        "error",
        "A mapped key is used with an endpoint that may not belong to AWS",
        "MinIO, R2, Spaces and other stores do not accept SSO credentials. A key that is mapped to a profile should not be used there.",
        "If the endpoint does not belong to AWS, do not map this key. If it does, write the endpoint as a literal or remove it.",
    ),
    "AWS210": Code(
        "error",
        "A name that holds a key may be accessed indirectly",
        "`getattr`, a settings object, `globals()` or executed code may read the name and would fail if it were removed.",
        "Use the value's name directly wherever it is needed, or rewrite by hand.",
    ),
    "AWS211": Code(
        "error",
        "A key is passed to another program or script",
        "A shell command, a subprocess's environment or a script that runs elsewhere contains the key.",
        "Pass `AWS_PROFILE` or `--profile` instead, or give the machine that runs it a role.",
    ),
    "AWS212": Code(
        "error",
        "A file could not be read, decoded or parsed",
        "The file may contain a key; it was left unchanged. Common causes are Python 2 syntax, merge conflicts, undecodable bytes and very deep nesting.",
        "Fix the file and run again, or look for keys in it with `aws-sso-migrate scan`.",
    ),
    "AWS213": Code(
        "error",
        "A rewrite failed its checks and was dropped",
        "Every rewritten file must parse, contain no trace of the key, and define every name it reads. This one did not, or the key is in a statement that is too large or too deeply nested to be edited, so the file was left unchanged.",
        "Rewrite the code by hand, and please report the pattern.",
    ),
    "AWS214": Code(
        "warning",
        "A Lambda handler now names a profile",
        "AWS Lambda has no profiles: a function uses its execution role. The rewritten code works on a laptop, but not in Lambda.",
        "For code that is deployed to Lambda, run with `--target default-chain`: the keys are removed, and the function's role signs.",
    ),
    "AWS215": Code(
        "error",
        "A notebook sets keys in a magic or shell line",
        "`%env`, `!aws configure`, cells in other languages, and comments that Databricks (`# MAGIC`) and Jupytext run as code are not Python and are not rewritten.",
        "Use `%env AWS_PROFILE=…` instead, and clear the outputs.",
    ),
    "AWS230": Code(
        "error",
        "A rewrite could not be verified",
        "A second, independent analysis checks every rewrite: each call must keep its signer, everything removed must belong to the key, and nothing else may read, write or call what changes. What it cannot verify is left unchanged.",
        "The finding names the obstacle. Rewrite that place by hand, or simplify it (a plain name instead of a lookup by string, one value instead of two) and run again.",
    ),
    "AWS231": Code(
        "error",
        "A role session cannot make this call",
        "An IAM Identity Center profile signs with a role session. AWS does not allow GetSessionToken or GetFederationToken with such a session, and limits a role assumed from it to one hour.",
        "Use the session's credentials directly, or assume the role for at most one hour. Then run again.",
    ),
    "AWS232": Code(
        "warning",
        "A presigned URL is signed with a role session",
        "A presigned URL stops working when the session that signed it ends, whatever `ExpiresIn` says. With an IAM user's key it was valid for up to seven days.",
        "Use the URL soon after it is made, or create it where a role's session lasts long enough. A permanent link needs another solution, such as CloudFront signed URLs.",
    ),
    "AWS233": Code(
        "warning",
        "A Python file that git ignores contains a key that is mapped",
        "Files that match `.gitignore` are not rewritten. Scripts with keys are often kept out of git on purpose, and stop working once the key is retired.",
        "Name the file (`aws-sso-migrate code FILE`) to rewrite it.",
    ),
    "AWS218": Code(
        "note",
        "A key ID appears without its secret",
        "A key ID without its secret gives no access, and code that manages keys needs it. It is mentioned because it may belong to an active key.",
        "Nothing, or retire the key: `aws-sso-migrate retire`.",
    ),
    "AWS219": Code(
        "error",
        "A comment or string contains a key that is not mapped",
        "The program cannot use the key from there, but anyone who can read the file can.",
        "Map the key, or remove it by hand.",
    ),
    "AWS224": Code(
        "note",
        "The standard environment variables are passed explicitly",
        "A call receives `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` from the environment as arguments. The SDK reads these variables anyway; for a user who logs in with SSO instead of setting them, the call fails or sends unsigned requests.",
        "Run with `--environment` (or `environment = true` in `pyproject.toml`): the arguments are removed, environments that set the variables sign as before, and a laptop signs with its profile.",
    ),
    "AWS225": Code(
        "error",
        "A settings file contains a key and was left unchanged",
        "A `.env` or other settings file is rewritten together with the code that reads it, or not at all. The message states the reason, and the lines below it list where the file is read.",
        "If the key is not mapped, map it. Otherwise make the program that reads the file use a profile or a role first, then remove the key ID and the secret, and retire the key.",
    ),
    "AWS226": Code(
        "error",
        "The standard environment variables are passed explicitly, and the arguments cannot be removed",
        "`--environment` removes such arguments if nothing else depends on the variables. Here they are tested, printed, changed, or used in a way that cannot be traced.",
        "Remove that use, or use the session's credentials instead (`boto3.Session().get_credentials()`). Then run again.",
    ),
    "AWS227": Code(
        "error",
        "Code that runs where there are no profiles contains a key",
        "A Lambda function, a container, a DAG or a job has a role but no profiles, so naming a profile would fail there. On a laptop, a profile is right. Only you know where the code runs.",
        "Specify it: a pattern under `[targets]` in the plan (`handlers/** = default-chain`), `target` in `pyproject.toml`, or `--target default-chain` or `--target profile`.",
    ),
    "AWS228": Code(
        "warning",
        "A call may use a different region than before",
        "A call that names no region uses its profile's region. The profile that replaces the key has no region, or a different one than was used before.",
        "Set the region in the call, in the profile, or in `AWS_DEFAULT_REGION`.",
    ),
    "AWS229": Code(
        "error",
        "An imported module that git ignores contains a key, or may contain one",
        "Files that match `.gitignore` are not rewritten, so the code that imports them cannot be rewritten either. A file that is missing here may exist on the machines that run the program.",
        "Name the file (`aws-sso-migrate code FILE`) to rewrite it where it exists, or let the importing code use a profile.",
    ),
    "AWS234": Code(
        "warning",
        "Calls may use different settings than before",
        "A profile has settings of its own besides the region: an endpoint, retries, how S3 buckets are addressed. Calls with keys used those of the default profile, and calls with a profile use the profile's.",
        "Compare the two profiles, and give the new one the settings that its calls need.",
    ),
    "AWS235": Code(
        "error",
        "A key is mapped to a profile of a different account",
        "A key ID contains the account number, and the AWS config file, or the plan, says which account the profile belongs to. What signs in one account today would sign in the other. The code was left unchanged.",
        "Map the key to a profile of its own account. If the other account is intended, confirm it: `--other-account PROFILE`, `other_account = yes` for the profile in the plan, or `other-account` in `pyproject.toml`.",
    ),
    "AWS236": Code(
        "note",
        "A changed settings file is not tracked by git",
        "The file, often a `.env`, exists on each developer's machine and on servers, and no commit or pull request contains the change. The code that reads it is rewritten, so every copy has to change with it.",
        "Tell your colleagues to make the same change in their copies before they use the new code, or to run this program themselves.",
    ),
    "AWS237": Code(
        "note",
        "A sample or document names a variable that is no longer read",
        "A settings file and the code that reads it name a profile now. A sample such as `.env.example`, or a README, still tells people to set the key's variables.",
        "Name the new variable there.",
    ),
    "AWS301": Code(
        "error",
        "A profile in the AWS files has a static key",
        "The key works until someone revokes it, and anyone who can read the file can use it. Next to an SSO setting it is also a trap: some SDKs prefer it.",
        "`aws-sso-migrate config` converts the profile to SSO and removes the key. Then retire the key: `aws-sso-migrate retire`.",
    ),
    "AWS302": Code(
        "error",
        "A copy of an AWS file contains a key",
        "Editors (`credentials~`, `*.swp`), manual backups (`credentials.bak`) and console downloads (`*accessKeys.csv`) leave copies that are easily forgotten, and that no migration changes. The same applies to a credentials file inside a project.",
        "Delete the copy once the profile works without the key (`shred -u FILE` on a disk that overwrites in place). Then retire the key.",
    ),
    "AWS303": Code(
        "error",
        "A shell start-up file sets AWS keys",
        "Keys in the environment take precedence over `AWS_PROFILE` and the default profile in the AWS CLI and every SDK, so the SSO profile would never be used in that shell.",
        "Delete the lines and start a new shell. Set `AWS_PROFILE` there if you want a profile other than `default`. Then retire the key.",
    ),
    "AWS304": Code(
        "error",
        "The environment contains AWS keys",
        "They take precedence over `AWS_PROFILE` and the default profile, and every program started from here inherits them.",
        "Run `unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN`, and find out what sets them: a start-up file, `.envrc`, an IDE's run configuration or a service manager.",
    ),
    "AWS305": Code(
        "error",
        "git tracks an AWS credentials file",
        "Every clone and every backup of the repository contains the key, and deleting the file does not remove it from the history.",
        "Run `git rm --cached FILE`, add the file to `.gitignore`, and retire the key now: everyone with a clone has it. `aws-sso-migrate scan --history` lists the commits that contain it.",
    ),
    "AWS306": Code(
        "error",
        "A .env file contains a key",
        "It is reported even if git ignores it: an ignored file is not committed, but it is on the disk and is copied into images and archives along with its folder.",
        "`aws-sso-migrate code` rewrites the file together with the Python code that reads it, if nothing else does; the finding says whether it can. By hand: first make the program that reads the file use a profile or the default credential chain, then delete the key ID and the secret (`AWS_PROFILE=NAME` can replace them). If a container reads the file, give the container a role, or mount `~/.aws` into it.",
    ),
    "AWS307": Code(
        "error",
        "Python code contains a key",
        "Anyone who can read the repository can use the key.",
        "`aws-sso-migrate code PATH` makes the calls sign with a profile and removes the key.",
    ),
    "AWS308": Code(
        "error",
        "Source code contains a key",
        "Anyone who can read the repository can use the key. This program rewrites only Python.",
        "Remove the key ID and the secret. Every SDK finds credentials by itself: use `AWS_PROFILE` on a developer's machine and a role on a server.",
    ),
    "AWS309": Code(
        "error",
        "A CI file contains a key",
        "Anyone who can read the repository can act as the pipeline.",
        "Let the job assume a role with OpenID Connect (GitHub: `aws-actions/configure-aws-credentials` with `role-to-assume`; GitLab: `id_tokens`). Until then, keep the key in the CI system's secrets.",
    ),
    "AWS310": Code(
        "error",
        "Infrastructure code or state contains a key",
        "Terraform, OpenTofu and Pulumi also store provider arguments in plans and state.",
        'Remove `access_key` and `secret_key` from the provider, and set `profile = "NAME"` or `AWS_PROFILE`. Keep state that contains a key in an encrypted backend.',
    ),
    "AWS311": Code(
        "error",
        "A container or cluster file contains a key",
        "A key that is set during an image build stays in the image's layers, readable by anyone who can pull it. A Kubernetes secret in a repository is only encoded, not encrypted.",
        "Give the workload a role (ECS task role, EKS Pod Identity). On a laptop, mount `~/.aws` read-only and set `AWS_PROFILE`. For builds, use `--mount=type=secret`.",
    ),
    "AWS312": Code(
        "error",
        "Another tool's settings contain a key",
        "s3cmd, rclone, boto, s3fs and other tools keep keys in files of their own, which AWS tools do not read.",
        "Let the tool use the default credential chain if it can: rclone `env_auth = true` with `AWS_PROFILE`, s3fs `-o profile=NAME`. s3cmd and boto 2 cannot: use the AWS CLI or boto3 instead, or a key of a user with minimal permissions.",
    ),
    "AWS313": Code(
        "error",
        "A settings file contains a key",
        "Anyone who can read the file can use the key.",
        "`aws-sso-migrate code` rewrites the file together with the Python code that reads it, if it can; the finding says whether it can. By hand: first make the program read a profile name from the file, or use the default credential chain, then delete the key ID and the secret.",
    ),
    "AWS314": Code(
        "error",
        "A file contains a key",
        "Notes, logs and exports are kept longer than they are needed. Anyone who can read the file can use the key.",
        "Remove the key and retire it.",
    ),
    "AWS315": Code(
        "error",
        "A repository's history contains a key",
        "No current file contains the key, but every clone does. Rewriting the history does not change existing clones.",
        "Retire the key: `aws-sso-migrate retire --key KEY_ID`. Once the key is deleted, the history can stay as it is.",
    ),
    "AWS330": Code(
        "note",
        "Backups of this program may contain working keys",
        "`undo` needs these backups.",
        "Once everything works, run `aws-sso-migrate undo --purge RUN`.",
    ),
    "AWS331": Code(
        "note",
        "A profile's key does not belong to AWS",
        "Its `endpoint_url` points to another store (MinIO, R2, LocalStack, …), which does not use AWS SSO.",
        "Nothing.",
    ),
    "AWS332": Code(
        "note",
        "A repository's history is incomplete",
        "The clone is shallow or partial, so keys in the missing commits are not found.",
        "Run `git fetch --unshallow` (or `git fetch --refetch` in a partial clone), then scan again.",
    ),
    "AWS338": Code(
        "error",
        "A repository's history could not be read",
        "git is not installed, cannot open the repository, or reports that it is damaged. Keys in the history are not found.",
        "`git fsck` shows what is damaged. If the repository belongs to another user, see `safe.directory` in `git help config`.",
    ),
    "AWS339": Code(
        "error",
        "A file or folder could not be read",
        "It may contain a key.",
        "Check its permissions and scan again, or skip it with `--exclude`.",
    ),
    "AWS401": Code(
        "error",
        "botocore does not sign with SSO for an SSO profile",
        "The session does not exist, or a setting is missing or contradicts another one: botocore rejects the profile, or finds other credentials first.",
        "Correct the profile: it needs `sso_session`, `sso_account_id` and `sso_role_name`, and its `[sso-session]` section needs `sso_start_url` and `sso_region`. `aws-sso-migrate config --map PROFILE=ACCOUNT_ID/ROLE_NAME` writes them.",
    ),
    "AWS402": Code(
        "error",
        "A profile signs with a static key",
        "The profile was not converted, or it assumes its role with another profile's key.",
        "Convert it with `aws-sso-migrate config`. To keep the key, set `action = keep` in the plan and run `verify` with the plan.",
    ),
    "AWS403": Code(
        "error",
        "A profile has both static keys and SSO settings",
        "botocore and the AWS CLI sign with SSO, but the JavaScript and Go SDKs sign with the static keys: one name, two identities.",
        "`aws-sso-migrate config` removes the keys and leaves the SSO settings unchanged.",
    ),
    "AWS404": Code(
        "error",
        "Keys in the environment override the profiles",
        "`AWS_ACCESS_KEY_ID` takes precedence over `AWS_PROFILE` and the default profile in every SDK. Only a profile named in code or with `--profile` takes precedence over it.",
        "`unset` the variables, and remove them from the file that sets them: `aws-sso-migrate scan` searches the shell's start-up files.",
    ),
    "AWS405": Code(
        "error",
        "A profile does not match the plan",
        "The AWS files and the plan name different sessions, accounts or roles, or the profile was not converted.",
        "Correct whichever is wrong, then run `aws-sso-migrate config --plan FILE`.",
    ),
    "AWS406": Code(
        "error",
        "There is no valid login",
        "You have not logged in to the session, the login has expired or was revoked, or the cached token in `~/.aws/sso/cache` is damaged or belongs to another portal.",
        "Run `aws-sso-migrate login SESSION`, or `aws sso login --sso-session SESSION`.",
    ),
    "AWS407": Code(
        "error",
        "AWS gives no credentials for a profile",
        "The login is valid, but the account or role is not assigned to you, or the role cannot be assumed with these credentials.",
        "Check the access portal for your assignments, correct the profile's account ID or role name (names are case-sensitive), or ask whoever assigns permission sets.",
    ),
    "AWS408": Code(
        "error",
        "AWS could not be queried about a profile",
        "The connection failed, the request timed out, the response was invalid, there were too many requests, or the endpoint is one to which nothing may be sent.",
        "Run again. Check your proxy (`HTTPS_PROXY`), `AWS_CA_BUNDLE` and `AWS_ENDPOINT_URL_*`. `--timeout` sets how long to wait.",
    ),
    "AWS409": Code(
        "error",
        "STS reports a different account or role than the profile names",
        "The credentials work, but they belong to a different identity.",
        "Check for a custom endpoint or a stale cache, and correct `sso_account_id` and `sso_role_name`.",
    ),
    "AWS410": Code(
        "note",
        "A profile was not checked",
        "The profile has no credentials of its own, or gets them from a process, an instance role, a web identity or an MFA code: checking it would run a program or prompt for input.",
        "Nothing. `aws sts get-caller-identity --profile NAME` shows its identity.",
    ),
    "AWS411": Code(
        "note",
        "A profile keeps its keys and was not checked",
        "The plan keeps the profile, or its endpoint does not belong to AWS.",
        "Nothing, if that is still what you want.",
    ),
    "AWS412": Code(
        "error",
        "Other SDKs would not sign as botocore does",
        "The profile has another source of credentials next to SSO, and each SDK has its own order of precedence; or some SDKs do not read the section's header.",
        "Remove the other source, or let `aws-sso-migrate config` do it (`--map`). Write headers as `[profile NAME]`.",
    ),
    "AWS413": Code(
        "warning",
        "This machine's clock is wrong",
        "AWS refuses signatures that are more than five minutes off, and logins appear to expire too early or too late.",
        "Set the clock, preferably with NTP (`timedatectl set-ntp true`).",
    ),
    "AWS414": Code(
        "error",
        "The plan maps a key to a profile that does not exist",
        "Code rewritten with this plan would name a profile that no SDK can find.",
        "Correct the name under `[keys]`, or create the profile.",
    ),
    "AWS415": Code(
        "note",
        "Only old SDKs read a section of the config file as a profile",
        "In the config file, a profile's header is `[profile NAME]` or `[default]`. Some old SDKs (such as the AWS SDK for Java 1) also read a bare `[NAME]`: they use keys and a region that no other SDK sees.",
        "Write the header as `[profile NAME]` if the profile is in use, or delete the section.",
    ),
    "AWS501": Code(
        "error",
        "IAM could not be queried about a key",
        "No converted profile belongs to the key's account, you are not logged in, the role lacks `iam:GetAccessKeyLastUsed`, or IAM does not know the key.",
        "Log in, or name a profile of the key's account with sufficient permissions: `--profile`. If IAM in the key's own account does not know the key, it was already deleted.",
    ),
    "AWS502": Code(
        "error",
        "A key was used after the run that replaced it",
        "Something still signs with the key: another machine, a server, a build or a colleague. Deactivating it would break that.",
        "Find out what uses it: check `userIdentity.accessKeyId` in CloudTrail, and the service and region of the last use. AWS reports the last use with some delay. `--force` overrides this check.",
    ),
    "AWS503": Code(
        "error",
        "A replaced key is still present elsewhere",
        "Another profile, another file or the environment still contains the key and would stop working.",
        "Convert that as well (`config`, `code`), or delete the key there. `--force` overrides this check.",
    ),
    "AWS504": Code(
        "error",
        "A key cannot be deleted yet",
        "Deletion is permanent. A key is deleted only if this program deactivated it some days ago and nothing has used it since.",
        "Run `aws-sso-migrate retire --deactivate`, wait, then run `--delete`. `--after DAYS` sets the waiting period, and `--force` overrides this check.",
    ),
    "AWS505": Code(
        "error",
        "The key belongs to the account's last administrator",
        "No other user, and no role that a person can assume, has full access to the account. Without this key, only the root user may be able to fix problems there.",
        "First assign someone a permission set with `AdministratorAccess` in that account, and test it. `--force` overrides this check.",
    ),
    "AWS506": Code(
        "warning",
        "--force overrode a check",
        "The reason not to deactivate or delete the key still applies.",
        "`aws-sso-migrate retire --reactivate` reverses `--deactivate`. `--delete` cannot be reversed.",
    ),
    "AWS507": Code(
        "note",
        "Only the last four characters of a replaced key are known",
        "The journal contains masked key IDs. The full IDs are in the backups, which were deleted or damaged, or contain several keys with the same ending.",
        "Name the key with `--key`.",
    ),
    "AWS508": Code(
        "error",
        "AWS did not carry out a request for a key",
        "The role lacks the permission, or AWS could not be reached. The key is unchanged.",
        "Use a profile that is allowed `iam:UpdateAccessKey` and `iam:DeleteAccessKey` (`--profile`), and run again.",
    ),
    "AWS509": Code(
        "warning",
        "It is not known whether a key is active",
        "The role lacks `iam:ListAccessKeys` for the user, or the key belongs to the root user.",
        "Use a profile that may list the user's keys: `--profile`. The root user's keys can be deactivated only in the console, by the root user.",
    ),
    "AWS601": Code(
        "error",
        "A repository could not be processed",
        "It could not be cloned, read or committed to, took too long, or its process died. The message says which. Nothing was pushed.",
        "Fix the problem and run `bulk` again: it retries only what failed. `--timeout` and `--retry` help with slow remotes.",
    ),
    "AWS602": Code(
        "error",
        "The branch already exists on the remote with different content",
        "Someone has changed the branch, or it was made from an older state of the default branch. It is never overwritten.",
        "Merge or delete the branch on the remote, or name another one with `--branch`. Then run again.",
    ),
    "AWS603": Code(
        "error",
        "The remote rejected the branch",
        "You lack write access, the branch is protected, or a hook on the remote rejected it. The message is the remote's own.",
        "Get write access, or name a branch that you may create with `--branch`. Then run again.",
    ),
    "AWS604": Code(
        "error",
        "The --then command failed",
        "It exited with a status other than 0. With `--push`, the branch has already been pushed.",
        "Fix the command and run again: it is run once more, and nothing is pushed twice.",
    ),
}


def pages() -> dict[str, str]:
    """The pages of docs/codes/: file name to text, one for each code and an index."""
    index = "".join(f"| [{code}]({code}.md) | {row.severity} | {row.title} |\n" for code, row in sorted(CODES.items()))
    out = {"README.md": f"{_INDEX_HEAD}\n| Code | Severity | Finding |\n| --- | --- | --- |\n{index}"}
    for code, row in CODES.items():
        out[f"{code}.md"] = (
            f"# {code}: {row.title}\n\n{row.severity} ({_MEANING[row.severity]})\n\n{row.why}\n\n## What to do\n\n{row.todo}\n"
        )
    return out


_MEANING = {
    "error": "needs manual action; exit status 1",
    "warning": "done, but check the result",
    "note": "for information; exit status 0",
}
_INDEX_HEAD = """\
# Findings

Generated from `migrate/codes.py` with `python -m migrate.codes docs/codes`. The meaning of a code never changes.

To print a page in the terminal, run `aws-sso-migrate explain CODE`. To silence a finding, add `# aws-sso-migrate: ignore` or
`# aws-sso-migrate: ignore[AWS101]` to its line. In the AWS files, put the comment on the line above: at the end of a line it would be part of the value.
The last line of `bulk`, `code`, `config`, `run`, `scan` and `verify` says how many findings are silenced.
"""


def main() -> None:
    """Generate docs/codes/: `python -m migrate.codes docs/codes`."""
    import sys
    from pathlib import Path

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
