"""The rules of the witness, each with what must hold. `--verbose` prints the name of the one that failed; docs/reference/rules.md lists all."""

from migrate.findings import NamedRule


class Rule(NamedRule):
    """What a rewrite must keep to be accepted."""

    # -- what can be checked at all
    UNREADABLE = "the new text can be parsed"
    NEWER_SYNTAX = "old and new text use no syntax that is newer than the Python that checks"
    TOO_DEEP = "the program is not nested too deeply"
    NOT_CONVERGED = "the values of the program are found within the bounds of the analysis"

    # -- who signs
    SIGNERS = "each call may sign with the same keys as before, each mapped key replaced by its profile"
    CLIENTS = "the same holds for each client of a session"
    UNKNOWN_SIGNER = "what a call that changes may sign with is known"
    UNSIGNED = "a key that the program reads reaches a call that signs with it"
    PARTIAL_OVERRIDDEN = "the call of a partial passes no credentials of its own"
    LATE_PROFILE = "a session is not used before its profile is set"
    NONE = "a value that may be missing does not become a text, nor the other way round"
    ORDER = "several keys in one place are replaced by their own profiles, one for one"
    MIXED = "a call that changes receives mapped keys only"
    HALF_LEFT = "ID and secret go together"
    MISNAMED = "a name that says access key holds no profile's name"
    ARGUMENT_ORDER = "arguments are evaluated in the order that they had"
    NEW_ARGUMENT = "a session is given nothing that it does not take"
    CACHE = "no cache or set distinguishes what would become one profile"

    # -- what the session and the environment have
    DEFAULT_SESSION = "the default session has nothing that a fresh one lacks"
    SESSION_STATE = "a session that goes has nothing that a fresh one lacks"
    SESSION_REFUSED = "no call is made that AWS refuses to the session of a role"
    TOKEN_LEFT_OUT = "the credentials of a session that changes are not read in parts"
    STORAGES = "all storages of Django may sign with the profile"
    ENVIRONMENT_READ = "nothing else reads the variables that go"
    ENVIRONMENT_LATE = "no client is made before the environment names the profile"
    CHILDREN = "no program that is started needs the variables that go"
    OWN_FILES = "the program uses the AWS files that everybody uses"
    CALLEE_REPLACED = "the library's callables are the library's own"
    ANOTHER_MODULE = "each import loads the module that was analyzed"

    # -- who else reads what goes
    OPEN_CARRIER = "every value stored where the key is stored is known, and so is every read of it"
    OBJECT_HANDED_ON = "an object that holds the key is handed to nothing that may look inside"
    MODULE_HANDED_ON = "the module that holds the key is not stored or returned as an object"
    REPLACED_FILE = "no other file replaces one that changes, where the program runs"
    UNKNOWN_READER = "an attribute of that name is read only from objects that are known"
    SPOKEN_NAME = "no string contains a name that is removed"
    MENTIONED_ELSEWHERE = "no file that was not analyzed uses a name that goes"
    READ_WHOLE = "no file loads a module by a computed name and may read what goes of it"
    REACHED_WITHOUT_A_NAME = "nothing gets at what holds the key without writing its name"
    FRAMEWORK_SETTINGS = "no framework takes all names of the module that holds the key"
    OVERRIDDEN = "no test or other file overrides a name that goes"
    NAME_IN_USE = "a new name is used for nothing else"
    UNDEFINED = "each name that is used is there"
    BOUND_LATER = "each name is bound before it is used"

    # -- what goes and what comes
    DELETED_LITERAL = "a text that goes is a part of the key"
    DELETED_NAME = "a name that is no longer read led to the key alone"
    DELETED_ARGUMENT = "an argument that goes is a part of the key"
    DELETED_CALL = "a call that goes has no effect but its value"
    DELETED_FLOW = "nothing that goes returns, raises, waits or deletes"
    IMPORT_EFFECTS = "an import that goes has no effect but its names"
    EMPTIED = "a dict or list that is used does not become empty"
    CONDITION = "conditions ask for what they asked for"
    NEW_LITERAL = "every new string is the name of a profile"
    NEW_CALL = "a call that comes makes a session or takes out a variable"
    UNTOUCHED = "everything else is unchanged, in the same order"
