"""The rules by which the planner leaves a key where it is. `--verbose` prints the name beside the finding; docs/reference/rules.md lists all."""

from enum import Enum


class Rule(Enum):
    """One reason against a rewrite."""

    # -- the key itself
    NOT_MAPPED = "no profile is known for the key"
    ID_ALONE = "a key ID stands there without its secret"
    SECRET_ALONE = "the secret stands there, and the ID comes from elsewhere"
    UNCERTAIN_SECRET = "a text looks like the secret, but nothing uses it with the ID"
    COMPUTED = "the key is made of other values in a way that is not followed"

    # -- what is done with it
    COMPARED = "the key is compared with something"
    TESTED = "a condition asks for the key, and a profile cannot answer for it"
    RETURNED = "a function returns the key to callers that are not known"
    USED_AS_DATA = "the key stands where no call takes it"
    CONTAINER_KEY = "the key is used as the key of a dict, or as an index"
    LONGER_TEXT = "the key is a part of a longer text"
    TOLD_BY_TEXT = "a text says what the key is for: a script, SQL, a URL"
    NO_PROFILE = "what takes the key has no way to name a profile"
    STARTS_PROGRAM = "a program is started with the key"
    SENT_TO_AWS = "the key is sent to AWS as data"
    SENT_AS_DATA = "the key is printed, written or sent"
    UNKNOWN_CALL = "the key is passed to a call that is not known"
    UNTRACED_TARGET = "the key is stored where reads are not followed"
    UNTRACED_BINDING = "the key is assigned in a way that is not followed"

    # -- what holds it
    CONTAINER_AS_WHOLE = "a dict or list that holds the key is used as a whole"
    OBJECT_ORDERED = "objects that hold the key are compared by their fields"
    OBJECT_UNKNOWN_FIELD = "an object that holds the key is created with an argument that is not a field"
    OBJECT_DUMPED = "all fields of an object that holds the key are read at once"
    OBJECT_BY_NAME = "attributes of an object that holds the key are accessed by a computed name"
    OBJECT_HANDED_OUT = "an object that holds the key is passed to unknown code"
    OBJECT_AS_WHOLE = "an object that holds the key is printed or compared as a whole"
    OBJECT_MATCHED = "a match pattern unpacks an object that holds the key"
    ENUM_ITERATED = "the members of an enum that holds the key are iterated over"
    TUPLE_BY_PLACE = "a tuple that holds the key is accessed by position"
    MODULE_AS_WHOLE = "the names of the module that holds the key are accessed as a whole"
    OPTIONS_AS_WHOLE = "the command-line arguments are accessed as a whole"

    # -- how it would be rewritten
    NO_FORM = "the code around the key has a form that cannot be rewritten"
    NOT_ONE_PROFILE = "no single profile can take the place of what the call gets"
    OTHER_ENDPOINT = "the call may talk to something that is not AWS"
    REACHED_BY_NAME = "code reaches what holds the key without writing its name"
    NOT_WRITABLE = "the file cannot be changed and written back as it is"
    WOULD_NOT_RUN = "the new text would not compile, or would miss a name"

    @property
    def label(self) -> str:
        """Return the name that is printed."""
        return self.name.lower().replace("_", "-")


OF_CODE = {
    "AWS201": Rule.NOT_MAPPED,
    "AWS202": Rule.NO_FORM,
    "AWS203": Rule.NO_PROFILE,
    "AWS205": Rule.COMPUTED,
    "AWS206": Rule.NOT_ONE_PROFILE,
    "AWS207": Rule.TESTED,
    "AWS209": Rule.OTHER_ENDPOINT,
    "AWS210": Rule.REACHED_BY_NAME,
    "AWS211": Rule.STARTS_PROGRAM,
    "AWS213": Rule.NOT_WRITABLE,
    "AWS230": Rule.WOULD_NOT_RUN,
}
"""The rule of a refusal that names none itself."""
