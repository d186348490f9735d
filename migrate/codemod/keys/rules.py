"""The rules by which the planner leaves a key where it is. `--verbose` prints the name beside the finding; docs/reference/rules.md lists all."""

from migrate.findings import NamedRule


class Rule(NamedRule):
    """One reason against a rewrite."""

    # -- the key itself
    NOT_MAPPED = "no profile is known for the key"
    ID_ALONE = "there is a key ID without its secret"
    HALF_ALONE = "one half of the key is hardcoded, and the other comes from elsewhere"
    HALF_MISSING = "one half of the key may be missing where the other is there"
    SEVERAL_KEYS = "several keys may be in one place"
    OTHER_VALUES = "a call may receive something else than the key, and it is not known what"
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

    READ_ELSEWHERE = "a library or base class reads the key by its name"
    REACHED_BY_NAME = "code reaches what holds the key without writing its name"
    UNPARSED_USE = "what holds the key is used in syntax that is newer than this Python"

    # -- the call that signs
    OTHER_ENDPOINT = "the call may talk to something that is not AWS"
    UNTRACED_ARGUMENTS = "the key reaches the call in a way that is not followed"
    UNKNOWN_ENTRIES = "a dict that the call takes may have entries that are not known"
    NESTED_DICT = "the key is in a dict within the arguments that holds more"
    PARTS_APART = "the parts of the key reach the call in different ways"
    PLACES_UNKNOWN = "arguments follow the key by place, and their names are not known"
    NAMES_PROFILE_TOO = "the call has a profile or credentials of its own"
    CONFLICTING_OPTION = "the library takes no profile beside another option of the call"
    FALLBACK = "the key is a fallback for a value from outside, and the call cannot take both"
    ANSWER_USED = "what the call gives is used, and nothing would take its place"
    NAME_TAKEN = "the name that a session needs means something else"
    REGION_UNKNOWN = "the region that the client has now is not known"
    ENVIRONMENT_IN_USE = "the program uses the variables for itself"

    # -- what would have to change
    SHARED_VARIABLE = "IDs and secrets pass through the same variable"
    ENTRY_NAMES_MATTER = "the names of a dict's entries are used"
    NAMES_DIFFER = "the calls that share a dict name a profile differently"
    NOT_REMOVABLE = "what held the key cannot be taken out of the code around it"
    COPY_LEFT = "a copy of the key would be left"
    NOT_WRITABLE = "the file cannot be changed and written back as it is"
    WOULD_NOT_RUN = "the new text would not compile, or would miss a name"
