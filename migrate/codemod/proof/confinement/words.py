"""What lets an object be reached without its names, or be handed on by Python itself: words that end the search for what may be a holder."""

SCOPES = frozenset({"locals", "globals", "vars", "dir", "eval", "exec", "__class__"})
"""Names that give all others of a scope: they must not stand in a file where the holder has a name."""
TOLD = frozenset({"__name__", "__doc__", "__module__", "__qualname__"})
"""Special attributes that tell a text of an object and no more."""
ASKED = frozenset({"isinstance", "issubclass", "len", "bool", "id", "callable"})
"""Builtins that ask an object something, and keep nothing of it."""
TAKING = frozenset({"get", "pop", "setdefault"})
"""Methods of a dict or list that give one of its entries."""
STAYING = frozenset({"keys", "append", "insert", "extend", "update", "clear", "reverse", "add"})
"""Methods of a dict or list that give none of its entries, and compare none with anything. What is put in is looked at where it is an argument."""
PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing.Generic[]"})
"""Bases outside of the program that keep no object, and give none."""
PLAIN_CALLS = frozenset(
    {"os.getenv", "os.environ.get", "logging.getLogger", "re.compile", "dataclasses.field", "datetime.timedelta", "builtins.str", "builtins.int",
     "builtins.float", "builtins.bool", "builtins.dict", "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset"}
)  # fmt: skip
"""Callables whose answers, as attributes of a class, are not given the objects of which they are asked."""
ANY_OBJECT = (
    r"\b(?:f_locals|f_globals|getargvalues|formatargvalues|getclosurevars|cell_contents|__closure__|__globals__|user_ns|user_global_ns)\b",
    r"\bgc\s*\.\s*get_|\bfrom\s+gc\b|\bgc\s+as\b",
)
"""How a file gets at any object of a program, whatever it is named (regular expressions)."""
ANY_CLASS = r"(?:\b(?:object|type|__base__|__bases__|__mro__|mro)\b|[\])])\s*\.\s*__subclasses__|__subclasses__\s*\(\s*[^\s)]"
"""How a file gets at any class."""
COMPUTED_BELOW = r"\b[a-z_]\w*\s*\.\s*__subclasses__"
OBJECT_HANDED = r"(?m)^(?!\s*class\b)[^\n#]*[(,=\[]\s*object\s*(?:[,)]|$)"
"""How files do so together: one asks a class that it is given, one gives it `object`."""
ANNOTATIONS = r"\b(?:__annotations__|get_type_hints|get_annotations|return_annotation|getfullargspec)\b|\.\s*annotation\b"
"""How a file gets at the classes that functions say they take or give."""
DECIDING = r"\b(?:__instancecheck__|__subclasscheck__|__subclasshook__)\b"
"""Methods that `isinstance` and `issubclass` give the object or class that they ask about."""
BELOW = r"__subclasses__"
"""How a file gets at the classes below one of its own."""
