"""What to do about each finding of the online commands, in one line; docs/codes has it at length."""

ADVICE = {
    "AWS142": "set action = remove in the plan, or name the account and role that it was meant for",
    "AWS144": "ask whoever runs the Identity Center to assign you permission sets; is sso_start_url right?",
    "AWS145": "have a permission set of that account assigned, or name another session in the plan",
    "AWS147": "run `plan --discover` again: it fills in what is empty",
    "AWS401": "mend the profile, or let `aws-sso-migrate config --map` write it",
    "AWS402": "convert it with `aws-sso-migrate config`, or say `action = keep` in the plan",
    "AWS403": "`aws-sso-migrate config` takes the keys out and leaves the SSO setting",
    "AWS405": "mend whichever is wrong, then run `aws-sso-migrate config --plan FILE`",
    "AWS407": "is it assigned to you? The access portal shows the accounts and roles that are",
    "AWS408": "run again; `--timeout` waits longer; see proxies and AWS_ENDPOINT_URL_*",
    "AWS409": "mend sso_account_id and sso_role_name; does another host stand between (AWS_ENDPOINT_URL_*)?",
    "AWS412": "take the other source out, or let `aws-sso-migrate config --map` do it",
    "AWS413": "set the clock, best by NTP",
    "AWS414": "mend the name under [keys], or make the profile",
    "AWS415": "write the header as [profile NAME], or delete the section",
    "AWS501": "log in, or name a profile of the key's account with --profile",
    "AWS502": "find out who uses it (CloudTrail, userIdentity.accessKeyId); --force overrides",
    "AWS503": "convert that as well, or delete the key there; --force overrides",
    "AWS504": "`retire --deactivate`, wait, then `--delete`; --after DAYS sets how long, --force overrides",
    "AWS505": "assign somebody a permission set with AdministratorAccess first; --force overrides",
    "AWS506": "`retire --reactivate` is the way back from --deactivate",
    "AWS508": "ask with a profile that may (--profile), then run again",
    "AWS509": "ask with a profile that may list the user's keys: --profile",
}
"""Findings whose help depends on the case have it where they are made."""


def advice(code: str, help: str = "") -> str:
    """`help`, or the general advice where there is none."""
    return help or ADVICE.get(code, "")
