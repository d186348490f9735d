"""What to do about each finding, in a line. The table of codes says more."""

HELP = {
    "AWS101": "map it (--map '{name}=ACCOUNT_ID/ROLE_NAME', or action = sso in the plan), or keep it as it is (--keep '{name}', or action = keep)",
    "AWS102": "map it itself (--map '{name}=ACCOUNT_ID/ROLE_NAME', or under [profiles] in the plan), or let its role be assumed without MFA and drop mfa_serial",
    "AWS103": "map it itself (--map '{name}=ACCOUNT_ID/ROLE_NAME', or under [profiles] in the plan), or set duration_seconds = 3600",
    "AWS104": "move the address under its service in a [services] section; if the host is not AWS's, keep the profile",
    "AWS105": "rename the section to the profile's bare name, or delete it",
    "AWS106": "rename the profile, in both files and wherever it is used (letters, digits and _-/.%@:+)",
    "AWS107": "mend the header if a profile was meant, or delete the keys",
    "AWS108": "move the settings from [DEFAULT] to the profile that they belong to",
    "AWS109": "rename the profile that has the name, or map the two by hand",
    "AWS110": "take the indentation off the lines below it if they are settings of the profile",
    "AWS111": "map or change that profile first",
    "AWS112": "rename the session (letters, digits and _-/.%@:+), or use another one",
    "AWS113": "write the header as [profile {name}]",
    "AWS114": "move the address under its service in a [services] section",
    "AWS125": "mend the name, or drop it",
    "AWS127": "keep its source profile as well, or map this one itself (--map '{name}=ACCOUNT_ID/ROLE_NAME', or in the plan)",
    "AWS193": "run again with --review to take it, or keep it as it is: --keep '{name}', or action = keep in the plan",
}
