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
        "A profile signs with a static key, and nobody said what shall become of it",
        "The key stays where it is. It lives until somebody revokes it, and whoever reads the file can use it.",
        "Map it: `--map PROFILE=ACCOUNT_ID/ROLE_NAME`, or `action = sso` in the plan. Where it must stay as it is: `--keep PROFILE`, or `action = keep`.",
    ),
    "AWS102": Code(
        "error",
        "A role profile with an MFA device stands over a converted profile",
        "An SSO session carries no MFA device, so STS refuses AssumeRole where the role's trust policy asks for one; "
        "and with `mfa_serial` the SDKs send a code that does not belong to the session.",
        "Map the role profile itself to an account and role of the access portal (`--map PROFILE=ACCOUNT_ID/ROLE_NAME`). "
        "Or, where the role's trust policy can do without MFA for the SSO role, take the condition out of it and `mfa_serial` out of the profile.",
    ),
    "AWS103": Code(
        "error",
        "A role profile asks for more than an hour, and stands over a converted profile",
        "A role that is assumed from a role's session (role chaining, which SSO is) gets one hour at most: STS refuses more.",
        "Map the role profile itself (its session then lasts as long as the permission set says), or set `duration_seconds = 3600`.",
    ),
    "AWS104": Code(
        "error",
        "A mapped profile has an endpoint_url of its own",
        "`endpoint_url` in a profile holds for every service, the SSO portal too: the SDKs would send the SSO token to that host, and no login would work.",
        "Move the address to a `[services NAME]` section, under the one service that it is for, and name that in the profile: `services = NAME`. "
        "Where the host is not AWS's, an SSO profile is of no use to it: keep the profile.",
    ),
    "AWS105": Code(
        "error",
        "A section [profile NAME] of the credentials file holds static keys",
        "In the credentials file a section's header is the profile's bare name. No SDK reads `[profile dev]` there as the profile `dev`, so nobody knows what the keys were meant for.",
        "Rename the section to `[NAME]` if its keys are those of that profile, or delete it; then run again.",
    ),
    "AWS106": Code(
        "error",
        "A profile's name is one that not every SDK reads",
        "In the config file, where SSO settings must stand, some SDKs do not see names with blanks, apostrophes or letters beyond ASCII. "
        "In the credentials file they do: converted, the profile would be lost to them.",
        "Rename the profile (letters, digits and `_-/.%@:+`), in both files and wherever it is used; then map it by its new name.",
    ),
    "AWS107": Code(
        "error",
        "Static keys stand in a section that no SDK reads as a profile",
        "In the config file a profile's header is `[profile NAME]` (or `[default]`), and `[DEFAULT]` in capitals is no profile at all. The keys lie there unused, and live.",
        "Mend the header if a profile was meant, or delete the keys; revoke them if nobody knows them.",
    ),
    "AWS108": Code(
        "error",
        "A profile gets its key or another source of credentials from [DEFAULT], or would come to read its settings",
        "botocore and the AWS CLI give the settings of a section `[DEFAULT]` (in capitals) to every profile of the file; other SDKs do not. "
        "They cannot be taken from one profile without changing all others. And a profile that has no section in the config file yet would come "
        "to read them there, an `endpoint_url` too, to which its SSO token would be sent.",
        "Move the settings from `[DEFAULT]` to the profile that they belong to (`[default]`?), then run again.",
    ),
    "AWS109": Code(
        "error",
        "The name NAME-source is taken",
        "The profile has keys and a role whose `source_profile` is itself. It cannot be both, so its SSO settings would go to a new profile `NAME-source`: but there is one already, and it is another.",
        "Rename that other profile, or map the two by hand.",
    ),
    "AWS110": Code(
        "error",
        "A setting that must go seems to hold other settings",
        "Lines that are indented deeper than the setting above them belong to its value. Here they look like settings of their own, which would be lost with it; or keys stand in such a block, where no SDK reads them.",
        "Take the indentation off if they are settings of the profile, or delete them; then run again.",
    ),
    "AWS111": Code(
        "error",
        "Another profile needs this key",
        "A role profile names this one as its source, and would sign with something else, or with nothing, once the key is gone.",
        "Map or change the role profile first, or map this one instead of removing its key.",
    ),
    "AWS112": Code(
        "error",
        "An sso-session's header is one that not every SDK reads",
        "Some SDKs do not see sessions whose name has blanks, quotes or letters beyond ASCII, or whose header is followed by something. A profile that names it would be lost to them.",
        "Rename the session (letters, digits and `_-/.%@:+`), or use another one: `--sso-session NAME`.",
    ),
    "AWS113": Code(
        "error",
        "A profile's header is one that not every SDK reads",
        "Some SDKs see a header only with a single blank between `profile` and the name, and with nothing but a comment behind it. "
        "While its keys stood in the credentials file that did not matter to them; SSO settings in this section they would not see.",
        "Write the header as `[profile NAME]`, then run again.",
    ),
    "AWS114": Code(
        "error",
        "A role profile with an endpoint_url of its own stands over a converted profile",
        "The SDKs ask for the source's credentials with the settings of the profile that is used, its `endpoint_url` too: the SSO token would be sent to that host.",
        "Move the address to a `[services NAME]` section, under the one service that it is for.",
    ),
    "AWS115": Code(
        "error",
        "botocore would refuse the profile once it is converted",
        "botocore merges a profile with its `[sso-session]` and refuses the profile where both have a setting (`region`, `output`, "
        "`sso_account_id` …) with different values, those that either inherits from `[DEFAULT]` included. So the profile was left as it was.",
        "Make the two values the same, take the setting out of one of the two sections, or map the profile to another session; then run again.",
    ),
    "AWS116": Code(
        "error",
        "A profile is mapped to another account than that of its key",
        "A key id holds the number of its account. What signs with the key today would sign in another account tomorrow.",
        "Correct the account id. Where the other account is meant, say so: `--other-account PROFILE`, or `other_account = yes` in the plan.",
    ),
    "AWS117": Code(
        "error",
        "A session has no scope for accounts",
        "Its `sso_registration_scopes` lack `sso:account:access`, as those of an IDE's session do: its login gives no credentials for any account.",
        "Map the profile to another session, or add `sso:account:access` to the scopes of this one and log in again.",
    ),
    "AWS118": Code(
        "error",
        "A profile with a static key is not filled in in the plan",
        "The plan names it with `action = sso`, but not the session, account or role that it is to sign in with: it was left as it was.",
        "Fill in what is missing (the access portal shows account and role names), or set `action` to `keep` or `remove`.",
    ),
    "AWS121": Code(
        "note",
        "A profile is kept as it is",
        "It was named with `--keep`, or has `action = keep` in the plan.",
        "Nothing, if that is still what you want.",
    ),
    "AWS122": Code(
        "note",
        "A profile's endpoint is not AWS's",
        "MinIO, Wasabi, R2, LocalStack and the like use keys of their own, which have nothing to do with AWS's SSO.",
        "Nothing. If it is AWS's after all, map the profile.",
    ),
    "AWS123": Code(
        "note",
        "A profile has another source of credentials, and no static key",
        "A role, a process, a web identity or an instance's metadata: there is nothing static to replace.",
        "Nothing. To have SSO take its place, map the profile.",
    ),
    "AWS124": Code(
        "note",
        "A comment in a converted profile still holds a key",
        "It is no setting that was commented out, so it was left as it is.",
        "Delete the comment if the key in it is of no more use to you.",
    ),
    "AWS125": Code(
        "note",
        "A profile that is to be kept, or that the plan names, does not exist",
        "Neither file has it. A plan for a whole team may name more profiles than each machine has; but it may also be a slip of the pen.",
        "Mend the name, or drop it from the command or the plan, if it was meant to be one of this machine's.",
    ),
    "AWS126": Code(
        "note",
        "A role profile's source_profile was changed",
        "Its source had both a key and a role of its own. For a role over it the SDKs used the key, and so the new profile that takes the key's place is its source now.",
        "Nothing.",
    ),
    "AWS127": Code(
        "warning",
        "A profile that stays as it is will not work over its converted source",
        "It is kept, or talks to an endpoint that is not AWS's, and so it was left alone. But it assumes its role with the credentials of a profile "
        "that becomes SSO: an SSO session carries no MFA device and gives a role one hour at most, and an `endpoint_url` of the role profile's would be sent the SSO token.",
        "Keep its source profile as well (`--keep`), or map the role profile itself.",
    ),
    "AWS128": Code(
        "note",
        "A key that was commented out goes with its profile",
        "The lines are settings of the profile that somebody has switched off. The key in them may be live, and is among those to be retired.",
        "`aws-sso-migrate retire` shows whether it is still active.",
    ),
    "AWS129": Code(
        "warning",
        "A profile of one partition is mapped to a session of another",
        "Its region or its ARNs are GovCloud's or China's, say, and the session's portal is not: partitions share neither accounts nor portals, so the portal will hardly give credentials for it.",
        "Map it to a session of its own partition, or correct the profile's region.",
    ),
    "AWS140": Code(
        "note",
        "A profile of the plan is not filled in",
        "The plan names a profile with `action = sso`, but not the session, account or role that it is to sign in with. "
        "A key id of before 2019 does not tell its account, and no file tells which role a person may use.",
        "Fill in `sso_session`, `sso_account_id` and `sso_role_name` (the access portal shows account and role names), or set "
        "`action` to `keep` or `remove`. `aws-sso-migrate config --plan` needs them.",
    ),
    "AWS141": Code(
        "note",
        "A profile's name fits in no plan",
        "The plan is a ConfigObj file, and a section's name there can hold no control character, and not both kinds of quotes.",
        "Map the profile with `--map`, or give it a name of letters, digits and `-_.`: some SDKs do not see such a name either.",
    ),
    "AWS148": Code(
        "note",
        "Something is in the way of a profile's plan",
        "It has two sections, names a session that is not defined, belongs to a partition (GovCloud, China) that the session is not of, or "
        "botocore refuses its SSO setting. Or a session is not taken by default, since its login gives no credentials for accounts.",
        "See to it in the AWS files or in the plan, then run `aws-sso-migrate plan` again: it adds what is new.",
    ),
    "AWS149": Code(
        "note",
        "There is nothing to plan",
        "No profile of the AWS files holds a static key. No plan is written, unless a session was named for one.",
        "`aws-sso-migrate scan PATH...` finds keys in other places; `--config-file` and `--credentials-file` name other files.",
    ),
    "AWS151": Code(
        "note",
        "A key of the code has no profile in the plan",
        "`plan PATH` lists each key id that stands in code and settings files. For this one no profile fits, or more than one: only you know which signs in its place.",
        "Fill in the profile on its line under `[keys]`, and take the `#` away.",
    ),
    "AWS191": Code(
        "note",
        "A session needs a log-in",
        "A converted profile signs with the token of its session, which a log-in brings. It lasts for hours, and is shared by all profiles of the session, the AWS CLI and the SDKs.",
        "`aws-sso-migrate login SESSION` (or `aws sso login --sso-session SESSION`), then `aws-sso-migrate verify`.",
    ),
    "AWS192": Code(
        "note",
        "Keys that were replaced are to be retired",
        "Out of the files is not dead: whoever copied a key can still use it, and this program's backups hold it too.",
        "When everything works, `aws-sso-migrate retire` shows them, `--deactivate` and days later `--delete` end them; then `aws-sso-migrate undo --purge RUN`.",
    ),
    "AWS193": Code(
        "error",
        "A change was left in the review",
        "`--review` showed it and was told to leave it (or it takes the place of a key with a profile that was left): the key stays where it is.",
        "Run again with `--review` and take it. Where it is to stay: `--keep PROFILE` or `action = keep` for a profile, `# aws-sso-migrate: ignore` beside a key in code.",
    ),
    "AWS194": Code(
        "warning",
        "A key that undo brings back was ended by retire",
        "The run is taken back all the same: its files get their old text. But the key in them is inactive, or deleted, and what signs with it will be refused by AWS.",
        "For an inactive key, `aws-sso-migrate retire --reactivate` before `undo`, while the converted profile can still ask for it. A deleted one has no way back.",
    ),
    "AWS142": Code(
        "error",
        "AWS refuses a key of the files",
        "STS does not know it (any more), its secret is another, it has expired, or half of it is missing. Whatever uses the profile does not work.",
        "`action = remove` in the plan, or map the profile to the account and role that it was meant for.",
    ),
    "AWS143": Code(
        "error",
        "The portal could not be asked, since nobody is logged in",
        "`plan --discover` finds accounts and roles with the login of the session.",
        "`aws-sso-migrate login SESSION` (the session must stand in the config file; `aws configure sso-session` makes one), then run `plan --discover` again: it fills in what is empty.",
    ),
    "AWS144": Code(
        "error",
        "The portal lists no account",
        "The login is good, but nothing is assigned to you, or the session is another company's.",
        "Ask whoever runs the Identity Center to assign you permission sets; see whether `sso_start_url` is right.",
    ),
    "AWS145": Code(
        "error",
        "The portal does not offer the account of a key",
        "No permission set of that account is assigned to you, it is one of another organisation or partition, or several sessions offer it.",
        "Have one assigned, name another session in the plan, or set the action to keep or remove.",
    ),
    "AWS147": Code(
        "error",
        "AWS could not be asked",
        "No connection, no answer in time, too many requests, or an answer that makes no sense. The plan is written without what it would have told.",
        "Run `plan --discover` again: it fills in what is empty.",
    ),
    "AWS201": Code(
        "error",
        "Nothing says which profile takes the place of a key",
        "A key was found in Python code, and neither `--map-key`, nor the plan, nor the AWS credentials file, nor a backup of this program says whose it is. Guessing would sign with the wrong identity.",
        "Name the profile: `--map-key KEY_ID=PROFILE`, or a line under `[keys]` in the plan. `--profile PROFILE` takes all that nothing else maps.",
    ),
    "AWS202": Code(
        "error",
        "A key goes where it cannot be followed",
        "The key is handed to a callable that is not known to take a profile, or bound, stored or given back in a way that the analysis does not follow. What cannot be followed is left to the byte.",
        "Give that place a session or a profile's name by hand. A library that takes profiles and is not known yet is worth an issue: one small module teaches it.",
    ),
    "AWS203": Code(
        "error",
        "A library takes keys and has no way to name a profile",
        "Some libraries sign by themselves and know no profiles (boto 2, PyArrow's own S3, Spark, SMTP …).",
        "The finding says what to do instead for this library. Most follow the default chain once the keys are gone: set `AWS_PROFILE`.",
    ),
    "AWS204": Code(
        "error",
        "A key is part of a longer text",
        "SQL, URLs, templates and scripts carry the key somewhere else, where a profile may mean nothing.",
        "Let the other side use a role (Redshift's `IAM_ROLE`, an instance's or pod's role), or a credential chain of its own.",
    ),
    "AWS205": Code(
        "error",
        "A key is computed from literals",
        "The key does not stand in the file as it is: it is decoded, reversed, joined or formatted. It is a hardcoded key all the same.",
        "Replace the computation by a profile by hand.",
    ),
    "AWS206": Code(
        "error",
        "A key is one of several values, and not all of them are known",
        "The same call signs with this key or with something else (a parameter, a variable from outside, another dict), and no rewrite would keep both.",
        "Separate the two by hand; then run again.",
    ),
    "AWS207": Code(
        "error",
        "A key is used as data",
        "It is printed, compared, tested, stored or sent. After a rewrite there would be no key to do that with.",
        "Take that use out, or let it use the profile's name; then run again.",
    ),
    "AWS208": Code(
        "error",
        "Half a key is written down",
        "Only the key id or only the secret stands in the code; the other half comes from elsewhere.",
        "Take out both halves together: `boto3.Session(profile_name=…)`.",
    ),
    "AWS209": Code(
        "error",
        "A mapped key is used at an endpoint that is not AWS's, or not known to be",
        "MinIO, R2, Spaces and other stores do not know SSO credentials. A key that is mapped to a profile should not be used there.",
        "Where the endpoint is not AWS's, do not map this key. Where it is, write it plainly or leave it out.",
    ),
    "AWS210": Code(
        "error",
        "A name that holds a key may be reached in a way that is not seen",
        "`getattr`, a settings object, `globals()` or executed code may read the name, and would fail if it were gone.",
        "Name the value plainly where it is used, or rewrite by hand.",
    ),
    "AWS211": Code(
        "error",
        "A key is given to a program or script",
        "A shell command, a subprocess's environment or a script that is sent elsewhere carries the key.",
        "Give it `AWS_PROFILE` or `--profile`, or let the machine that runs it have a role.",
    ),
    "AWS212": Code(
        "error",
        "A file could not be read, decoded or parsed",
        "It may hold a key; nothing was changed in it. Python 2, merge conflicts, undecodable bytes and very deep nesting are the usual reasons.",
        "Mend the file and run again, or look for keys in it with `aws-sso-migrate scan`.",
    ),
    "AWS213": Code(
        "error",
        "A rewrite did not come out right, and was dropped",
        "Every rewritten file is checked: it must parse, hold no trace of the key, and define what it reads. This one did not, so it was left to the byte.",
        "Rewrite by hand, and please report the pattern.",
    ),
    "AWS214": Code(
        "warning",
        "A Lambda handler names a profile now",
        "In AWS Lambda there is no profile: the function has its role. The rewrite is right for a laptop, and wrong there.",
        "Run with `--target default-chain` on code that is deployed to Lambda: the keys go, and the function's role signs.",
    ),
    "AWS215": Code(
        "error",
        "A notebook sets keys by a magic or a shell line",
        "`%env`, `!aws configure`, cells of other languages, and the comments that Databricks (`# MAGIC`) and Jupytext run as code are not Python, and are not rewritten.",
        "Put `%env AWS_PROFILE=…` in its place, and clear the outputs.",
    ),
    "AWS230": Code(
        "error",
        "A rewrite could not be proved",
        "Each rewrite is checked by a second analysis that knows nothing of the first: every call must keep its signer, everything that goes must belong to the key, and nothing else may read, write or call what changes. What it cannot show is left unchanged.",
        "The finding names what is in the way. Rewrite that place by hand, or make it plainer (a name instead of a look-up by text, one value instead of two), and run again.",
    ),
    "AWS231": Code(
        "error",
        "A role's session cannot make this call",
        "A profile of IAM Identity Center signs with the session of a role. AWS refuses GetSessionToken and GetFederationToken to such a session, and a role that it assumes lasts one hour at most.",
        "Let the code use the session's credentials themselves, or assume the role for an hour or less, and run again.",
    ),
    "AWS218": Code(
        "note",
        "A key id stands by itself",
        "An id without its secret opens nothing, and code that manages keys needs it. It is mentioned since it may be the id of a live key.",
        "Nothing, or retire the key: `aws-sso-migrate retire`.",
    ),
    "AWS219": Code(
        "error",
        "A comment or a text holds a key that nothing maps",
        "It cannot be used from there by the program, but by whoever reads the file.",
        "Map the key, or take it out by hand.",
    ),
    "AWS224": Code(
        "note",
        "The standard variables are handed over by hand",
        "A call gets `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` of the environment as arguments. The SDK reads these variables by itself; "
        "and where somebody logs in with SSO instead of setting them, the call fails, or signs with nothing.",
        "Run with `--environment` (or `environment = true` in `pyproject.toml`): the arguments go, what sets the variables signs as before, and a laptop signs with its profile.",
    ),
    "AWS225": Code(
        "error",
        "A settings file holds a key, and is left as it is",
        "A `.env` or another settings file is rewritten together with the code that reads it, or both stay. The message says what is in the way, and the lines below it who reads the file.",
        "Map the key where nothing maps it. Else let what reads the file take a profile or a role first, and take both halves out afterwards; then retire the key.",
    ),
    "AWS226": Code(
        "error",
        "The standard variables are handed over by hand, and the arguments cannot be taken out",
        "`--environment` takes such arguments out where nothing else depends on the variables. Here they are tested, printed, changed, or passed through something that is not followed.",
        "Take that use out, or let it be about the session (`boto3.Session().get_credentials()`); then run again.",
    ),
    "AWS227": Code(
        "error",
        "Code that runs where no profile is holds a key",
        "A Lambda function, a container, a DAG or a job has a role, and no file with profiles: a profile's name would fail there. On a laptop a profile is right. Only you know which it is.",
        "Say it: a pattern under `[targets]` in the plan (`handlers/** = default-chain`), `target` in `pyproject.toml`, or `--target default-chain` or `--target profile`.",
    ),
    "AWS228": Code(
        "warning",
        "A call may talk to another region than before",
        "A call that names no region gets that of its profile. The profile that takes the key's place has none, or another than the one that held before.",
        "Name the region in the call, in the profile, or in `AWS_DEFAULT_REGION`.",
    ),
    "AWS229": Code(
        "error",
        "A module that git ignores is imported, and holds a key or may hold one",
        "What `.gitignore` names is not rewritten, so that what imports it cannot be rewritten either. Where the file is not here, it is on the machines of those who run the program.",
        "Name the file (`aws-sso-migrate code FILE`) to have it rewritten where it is, or let the importing code use a profile.",
    ),
    "AWS301": Code(
        "error",
        "A profile of the AWS files holds a static key",
        "It lives until somebody revokes it, and whoever reads the file can use it. Beside an SSO setting it is worse than useless: some SDKs prefer it.",
        "`aws-sso-migrate config` turns the profile into an SSO profile and takes the key out. Then retire the key: `aws-sso-migrate retire`.",
    ),
    "AWS302": Code(
        "error",
        "A copy of an AWS file holds a key",
        "Editors (`credentials~`, `*.swp`), careful people (`credentials.bak`) and the console's download (`*accessKeys.csv`) leave copies that no migration touches, and that are forgotten. So does a credentials file in a project.",
        "Delete the copy once the profile works without the key (`shred -u FILE` on a disk that overwrites in place). Then retire the key.",
    ),
    "AWS303": Code(
        "error",
        "A shell start-up file sets AWS keys",
        "Keys in the environment beat `AWS_PROFILE` and the default profile in every SDK and the AWS CLI, so the SSO profile would never be used from that shell.",
        "Delete the lines, start a new shell, and set `AWS_PROFILE` there if a profile other than `default` is meant. Then retire the key.",
    ),
    "AWS304": Code(
        "error",
        "The environment holds AWS keys",
        "They beat `AWS_PROFILE` and the default profile, and every program that is started from here inherits them.",
        "`unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN`, and find out who sets them: a start-up file, `.envrc`, an IDE's run configuration, the service manager.",
    ),
    "AWS305": Code(
        "error",
        "git tracks an AWS credentials file",
        "Every clone and every backup of the repository holds the key, and deleting the file does not take it out of the history.",
        "`git rm --cached FILE`, add it to `.gitignore`, and retire the key at once: whoever has a clone has it. `aws-sso-migrate scan --history` tells which commits hold it.",
    ),
    "AWS306": Code(
        "error",
        "A .env file holds a key",
        "It is found whether git ignores it or not: an ignored file is not committed, but it lies on the disk, and is copied into images and archives with its folder.",
        "`aws-sso-migrate code` rewrites it together with the Python code that reads it, where nothing else does; the finding says whether it can. "
        "By hand: let what reads it take a profile or nothing first, then delete both halves; `AWS_PROFILE=NAME` may take their place. "
        "Where a container reads the file, give the container a role, or mount `~/.aws` into it.",
    ),
    "AWS307": Code(
        "error",
        "Python code holds a key",
        "Whoever reads the repository can use it.",
        "`aws-sso-migrate code PATH` lets the calls sign with a profile, and takes the key out.",
    ),
    "AWS308": Code(
        "error",
        "Source code holds a key",
        "Whoever reads the repository can use it. Only Python is rewritten by this program.",
        "Take both halves out. Every SDK finds its credentials by itself: `AWS_PROFILE` chooses on a developer's machine, a role on a server.",
    ),
    "AWS309": Code(
        "error",
        "A CI file holds a key",
        "Everybody who may read the repository may act as the pipeline.",
        "Let the job assume a role by OpenID Connect (GitHub: `aws-actions/configure-aws-credentials` with `role-to-assume`; GitLab: `id_tokens`). Until then, keep the key in the CI's own secrets.",
    ),
    "AWS310": Code(
        "error",
        "Infrastructure code or its state holds a key",
        "Terraform, OpenTofu and Pulumi keep what a provider was given in plans and state as well.",
        'Leave `access_key` and `secret_key` out of the provider, and name `profile = "NAME"` or set `AWS_PROFILE`. A state file that holds a key belongs in an encrypted backend.',
    ),
    "AWS311": Code(
        "error",
        "A container's or cluster's file holds a key",
        "A key that is set while an image is built stays in its layers, for everybody who may pull it. A Kubernetes secret in a repository is only encoded, not encrypted.",
        "Give the workload a role (ECS task role, EKS pod identity). On a laptop: mount `~/.aws` read-only and set `AWS_PROFILE`. For builds: `--mount=type=secret`.",
    ),
    "AWS312": Code(
        "error",
        "Another tool's settings hold a key",
        "s3cmd, rclone, boto, s3fs and others keep keys in files of their own, which no AWS tool looks at.",
        "Where the tool can, let it use the default chain: rclone `env_auth = true` with `AWS_PROFILE`, s3fs `-o profile=NAME`. s3cmd and boto 2 cannot: use the AWS CLI or boto3, or a key of a user with no other rights.",
    ),
    "AWS313": Code(
        "error",
        "A settings file holds a key",
        "Whoever reads the file can use it.",
        "`aws-sso-migrate code` rewrites it together with the Python code that reads it, where it can; the finding says whether. "
        "By hand: let the program take a profile's name from it first, or find its credentials by itself, then delete both halves.",
    ),
    "AWS314": Code(
        "error",
        "A file holds a key",
        "Notes, logs and exports outlive what they were made for. Whoever reads the file can use the key.",
        "Take the key out, and retire it.",
    ),
    "AWS315": Code(
        "error",
        "A repository's history holds a key",
        "It is no longer in any file, but in every clone. Rewriting the history does not call those back.",
        "Retire the key: `aws-sso-migrate retire --key KEY_ID`. Once it is dead the history may stay as it is.",
    ),
    "AWS330": Code(
        "note",
        "Backups of this program hold live keys",
        "They are what `undo` puts back.",
        "When everything works: `aws-sso-migrate undo --purge RUN`.",
    ),
    "AWS331": Code(
        "note",
        "A profile's key is not AWS's",
        "Its `endpoint_url` is another store's (MinIO, R2, LocalStack …), to which AWS's SSO means nothing.",
        "Nothing.",
    ),
    "AWS332": Code(
        "note",
        "A repository's history is not all here",
        "The clone is shallow or partial, so keys in the commits that are missing are not found.",
        "`git fetch --unshallow` (or `git fetch --refetch` in a partial clone), then scan again.",
    ),
    "AWS338": Code(
        "error",
        "A repository's history could not be read",
        "git is not installed, would not open it, or found it damaged. Keys in it are not found.",
        "`git fsck` tells what is damaged. Where the repository belongs to another user, see `safe.directory` in `git help config`.",
    ),
    "AWS339": Code(
        "error",
        "A file or folder could not be read",
        "It may hold a key.",
        "See to its rights and scan again, or leave it out with `--exclude`.",
    ),
    "AWS401": Code(
        "error",
        "botocore does not sign with SSO for a profile that says so",
        "A session that does not exist, a setting that is missing or contradicts another: botocore refuses the profile, or finds other credentials first.",
        "Mend the profile: it needs `sso_session`, `sso_account_id` and `sso_role_name`, and the `[sso-session]` section `sso_start_url` and `sso_region`. "
        "`aws-sso-migrate config --map PROFILE=ACCOUNT_ID/ROLE_NAME` writes them.",
    ),
    "AWS402": Code(
        "error",
        "A profile signs with a static key",
        "It was not converted, or it assumes its role with the key of another profile.",
        "Convert it: `aws-sso-migrate config`. Where it must stay as it is, say so in the plan (`action = keep`) and give `verify` the plan.",
    ),
    "AWS403": Code(
        "error",
        "Static keys stand beside SSO in a profile",
        "botocore and the AWS CLI sign with SSO then, the JavaScript and Go SDKs with the static keys: one name, two identities.",
        "`aws-sso-migrate config` takes the keys out and leaves the SSO setting as it is.",
    ),
    "AWS404": Code(
        "error",
        "Keys in the environment shadow the profiles",
        "`AWS_ACCESS_KEY_ID` beats `AWS_PROFILE` and the default profile in every SDK; only a profile that is named in code or with `--profile` beats it.",
        "`unset` the variables, and take them out of the file that sets them: `aws-sso-migrate scan` looks through the shell's start-up files.",
    ),
    "AWS405": Code(
        "error",
        "A profile is not what the plan says",
        "The AWS files and the plan name different sessions, accounts or roles, or the profile was not converted.",
        "Mend whichever is wrong, then run `aws-sso-migrate config --plan FILE`.",
    ),
    "AWS406": Code(
        "error",
        "There is no login that could be used",
        "Nobody has logged in to the session yet, the login has expired or been revoked, or what is kept in `~/.aws/sso/cache` is damaged or belongs to another portal.",
        "`aws-sso-migrate login SESSION`, or `aws sso login --sso-session SESSION`.",
    ),
    "AWS407": Code(
        "error",
        "AWS gives no credentials for a profile",
        "The login is good, but the account or role is not assigned to whoever is logged in, or the role may not be assumed from there.",
        "See the access portal for what is assigned, mend the profile's account id or role name (names are case-sensitive), or ask whoever assigns permission sets.",
    ),
    "AWS408": Code(
        "error",
        "AWS could not be asked about a profile",
        "No connection, no answer in time, an answer that makes no sense, too many requests, or an endpoint to which nothing may be sent.",
        "Run again; see proxies (`HTTPS_PROXY`), `AWS_CA_BUNDLE` and `AWS_ENDPOINT_URL_*`. `--timeout` waits longer.",
    ),
    "AWS409": Code(
        "error",
        "STS names another account or role than the profile",
        "The credentials work, but they are somebody else's.",
        "See whether an endpoint or a cache stands between, and mend `sso_account_id` and `sso_role_name`.",
    ),
    "AWS410": Code(
        "note",
        "A profile was not checked",
        "It has no credentials of its own, or gets them by a process, an instance's role, a web identity or an MFA code: asking would run a program or a prompt.",
        "Nothing. `aws sts get-caller-identity --profile NAME` tells who it is.",
    ),
    "AWS411": Code(
        "note",
        "A profile keeps its keys, and was not checked",
        "The plan says so, or its endpoint is not AWS's.",
        "Nothing, if that is still what you want.",
    ),
    "AWS412": Code(
        "error",
        "Other SDKs would not sign as botocore does",
        "Another source of credentials stands beside SSO, and each SDK has its own order; or the section's header is one that some SDKs do not see.",
        "Take the other source out, or let `aws-sso-migrate config` do it (`--map`); write headers as `[profile NAME]`.",
    ),
    "AWS413": Code(
        "warning",
        "This machine's clock is wrong",
        "AWS refuses signatures whose time is five minutes off, and a login seems to end sooner or later than it does.",
        "Set the clock, best by NTP (`timedatectl set-ntp true`).",
    ),
    "AWS414": Code(
        "error",
        "The plan maps a key to a profile that does not exist",
        "Code that is rewritten by this plan would name a profile that no SDK finds.",
        "Mend the name under `[keys]`, or make the profile.",
    ),
    "AWS415": Code(
        "note",
        "A section of the config file is a profile for old SDKs alone",
        "In the config file a profile's header is `[profile NAME]`, or `[default]`. Some old SDKs (the AWS SDK for Java 1, say) also read a bare `[NAME]`: "
        "they sign with, and take the region of, what no other SDK sees.",
        "Write the header as `[profile NAME]` if the profile is in use, or delete the section.",
    ),
    "AWS501": Code(
        "error",
        "IAM could not be asked about a key",
        "No converted profile is one of the key's account, nobody is logged in, the role may not ask (`iam:GetAccessKeyLastUsed`), or IAM knows no such key.",
        "Log in, or name a profile of the key's account with enough rights: `--profile`. A key that IAM does not know in its own account was deleted already.",
    ),
    "AWS502": Code(
        "error",
        "A key was used after the run that replaced it",
        "Something still signs with it: another machine, a server, a build, a colleague. Deactivating it would break that.",
        "Find out who: CloudTrail's `userIdentity.accessKeyId`, and the service and region of the last use. AWS reports the last use with some delay. `--force` overrides.",
    ),
    "AWS503": Code(
        "error",
        "A replaced key still stands somewhere",
        "Another profile, another file or the environment still holds it, and would stop working.",
        "Convert that as well (`config`, `code`), or delete it there. `--force` overrides.",
    ),
    "AWS504": Code(
        "error",
        "A key may not be deleted yet",
        "Deleting is for good. Only a key that this program deactivated some days ago, and that nobody has missed since, is deleted.",
        "`aws-sso-migrate retire --deactivate`, wait, then `--delete`. `--after DAYS` sets how long, `--force` overrides.",
    ),
    "AWS505": Code(
        "error",
        "The key is that of the account's last administrator",
        "Nobody else in the account may do everything: no other user, and no role that a person may come by. Without this key, only the root user may be able to mend anything.",
        "Assign a permission set with `AdministratorAccess` in that account to somebody first, and try it. `--force` overrides.",
    ),
    "AWS506": Code(
        "warning",
        "A guard was overridden by --force",
        "What speaks against ending the key is still so.",
        "`aws-sso-migrate retire --reactivate` is the way back from `--deactivate`. From `--delete` there is none.",
    ),
    "AWS507": Code(
        "note",
        "A replaced key is known by its last four characters only",
        "The journal holds masked ids; whole ones are in the backups, and those were wiped or damaged, or hold several that end alike.",
        "Name the key with `--key`.",
    ),
    "AWS508": Code(
        "error",
        "AWS did not do what it was asked to do with a key",
        "The role may not, or AWS could not be reached. The key is as it was.",
        "Ask with a profile that may `iam:UpdateAccessKey` and `iam:DeleteAccessKey` (`--profile`), and run again.",
    ),
    "AWS509": Code(
        "warning",
        "Whether a key is active is not known",
        "The user's keys may not be listed (`iam:ListAccessKeys`), or it is a key of the root user.",
        "Ask with a profile that may list them: `--profile`. A root user's key is ended in the console, by the root user.",
    ),
    "AWS601": Code(
        "error",
        "A repository could not be worked on",
        "It could not be cloned, read or committed to, took too long, or its process died. The message says which. Nothing was pushed.",
        "Mend what the message names and run `bulk` again: it tries only what failed. `--timeout` and `--retry` are for slow remotes.",
    ),
    "AWS602": Code(
        "error",
        "The branch stands on the remote with other content",
        "Somebody has worked on it, or it was made from an older state of the default branch. It is never overwritten.",
        "Merge or delete the branch on the remote, or name another with `--branch`, and run again.",
    ),
    "AWS603": Code(
        "error",
        "The remote did not take the branch",
        "There is no right to write, the branch is protected, or a hook of the remote refused it. The message is the remote's own.",
        "Get the right, or name a branch that may be made with `--branch`, and run again.",
    ),
    "AWS604": Code(
        "error",
        "The command of `--then` failed",
        "It ended with another status than 0. With `--push` the branch is pushed by then.",
        "Mend the command and run again: it is run once more, and nothing is pushed twice.",
    ),
}


def pages() -> dict[str, str]:
    """The pages of docs/codes/: file name to text, one for each code and an index."""
    index = "".join(f"| [{code}]({code}.md) | {row.severity} | {row.title} |\n" for code, row in sorted(CODES.items()))
    out = {"README.md": f"{_INDEX_HEAD}\n| Code | Severity | What |\n| --- | --- | --- |\n{index}"}
    for code, row in CODES.items():
        out[f"{code}.md"] = (
            f"# {code}: {row.title}\n\n{row.severity} ({_MEANING[row.severity]})\n\n{row.why}\n\n## What to do\n\n{row.todo}\n"
        )
    return out


_MEANING = {
    "error": "left for a person, exit status 1",
    "warning": "done, but look at it",
    "note": "mentioned, exit status 0",
}
_INDEX_HEAD = """\
# Findings

Made from `migrate/codes.py` by `python -m migrate.codes docs/codes`. A code never changes its meaning.

In text, a code is silenced on its line by `# aws-sso-migrate: ignore` or `ignore[AWS101]`.
"""


def main() -> None:
    """Writes docs/codes/ anew: `python -m migrate.codes docs/codes`."""
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
