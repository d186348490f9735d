"""What to do about each finding, in a line. The table of codes says more.

`HELP` names the options of `config`. `run` takes no mapping but the plan's: what `IN_PLAN` has is said there instead.
"""

IN_PLAN = {
    "AWS101": "map it (action = sso in the plan), or keep it (action = keep)",
    "AWS102": "map this profile too (under [profiles] in the plan), or allow its role to be assumed without MFA and remove mfa_serial",
    "AWS103": "map this profile too (under [profiles] in the plan), or set duration_seconds = 3600",
    "AWS116": "correct the account ID, or confirm the other account: other_account = yes in the plan",
    "AWS127": "keep its source profile as well, or map this profile too (under [profiles] in the plan)",
    "AWS193": "run again with --review and accept the change, or keep the profile: action = keep in the plan",
}

HELP = {
    "AWS101": "map it (--map '{name}=ACCOUNT_ID/ROLE_NAME', or action = sso in the plan), or keep it (--keep '{name}', or action = keep)",
    "AWS102": "map this profile too (--map '{name}=ACCOUNT_ID/ROLE_NAME', or under [profiles] in the plan), or allow its role to be assumed without MFA and remove mfa_serial",
    "AWS103": "map this profile too (--map '{name}=ACCOUNT_ID/ROLE_NAME', or under [profiles] in the plan), or set duration_seconds = 3600",
    "AWS104": "move the URL to its service in a [services] section; if the host does not belong to AWS, keep the profile",
    "AWS105": "rename the section to the profile name alone, or delete it",
    "AWS106": "rename the profile in both files and wherever it is used (letters, digits and _-/.%@:+)",
    "AWS107": "correct the header if this is meant to be a profile, or delete the keys",
    "AWS108": "move the settings from [DEFAULT] to the profile they belong to",
    "AWS109": "rename the other profile, or map both by hand",
    "AWS110": "remove the indentation of the lines below it if they are settings of the profile",
    "AWS111": "map or change that profile first",
    "AWS112": "rename the session (letters, digits and _-/.%@:+), or use a different one",
    "AWS113": "write the header as [profile {name}]",
    "AWS114": "move the URL to its service in a [services] section",
    "AWS115": "make the two values equal, remove one of them, or map the profile to another session",
    "AWS116": "correct the account ID, or confirm the other account: --other-account '{name}', or other_account = yes in the plan",
    "AWS117": "map it to another session, or add the scope: sso_registration_scopes = sso:account:access",
    "AWS118": "fill in the missing values, or set its action to keep or remove",
    "AWS125": "correct the name, or remove it",
    "AWS127": "keep its source profile as well, or map this profile too (--map '{name}=ACCOUNT_ID/ROLE_NAME', or in the plan)",
    "AWS129": "map it to a session of its own partition (GovCloud and China have separate portals), or correct its region",
    "AWS130": "correct the profile, map it, or delete it",
    "AWS193": "run again with --review and accept the change, or keep the profile: --keep '{name}', or action = keep in the plan",
}
