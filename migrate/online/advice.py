"""What to do about each finding of the online commands, in one line; docs/codes has it at length."""

ADVICE = {
    "AWS142": "set action = remove in the plan, or enter the account and role it was meant for",
    "AWS144": "ask your Identity Center administrator to assign permission sets to you, and check sso_start_url",
    "AWS145": "have a permission set in that account assigned, or use another session in the plan",
    "AWS147": "run `plan --discover` again: it fills in what is empty",
    "AWS401": "correct the profile, or map it: `aws-sso-migrate config --map`",
    "AWS402": "convert it with `aws-sso-migrate config`, or set `action = keep` in the plan",
    "AWS403": "`aws-sso-migrate config` removes the keys and leaves the SSO settings unchanged",
    "AWS405": "correct whichever is wrong, then run `aws-sso-migrate config --plan FILE`",
    "AWS407": "check the access portal for the accounts and roles assigned to you",
    "AWS408": "run again, with a longer `--timeout` if needed; check your proxy and AWS_ENDPOINT_URL_*",
    "AWS409": "correct sso_account_id and sso_role_name, and check for a custom endpoint (AWS_ENDPOINT_URL_*)",
    "AWS412": "remove the other source, by hand or with `aws-sso-migrate config --map`",
    "AWS413": "set the clock, preferably with NTP",
    "AWS414": "correct the name under [keys], or create the profile",
    "AWS415": "write the header as [profile NAME], or delete the section",
    "AWS501": "log in, or name a profile of the key's account with --profile",
    "AWS502": "find out what uses it (userIdentity.accessKeyId in CloudTrail); --force overrides this check",
    "AWS503": "convert that as well, or delete the key there; --force overrides this check",
    "AWS504": "run `retire --deactivate`, wait, then run `--delete`; --after DAYS sets the waiting period, --force overrides this check",
    "AWS505": "first assign someone a permission set with AdministratorAccess; --force overrides this check",
    "AWS506": "`retire --reactivate` reverses --deactivate",
    "AWS508": "use a profile with the required permission (--profile), then run again",
    "AWS509": "use a profile that may list the user's keys (--profile)",
}
"""Findings whose help depends on the case have it where they are made."""


def advice(code: str, help: str = "") -> str:
    """`help`, or the general advice where there is none."""
    return help or ADVICE.get(code, "")
