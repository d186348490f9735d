"""What callables of Python, its standard library and a few more give or call, as far as a key is concerned.

The planner and the witness understand different callables, and each has its own tables: what one of them knows must not make the other more certain.
Names of Python itself are bare for the planner and `builtins.…` for the witness.
"""

# -- for both
GIVING_BACK = frozenset(
    {"asyncio", "anyio", "builtins", "cachetools", "cloudpickle", "collections", "concurrent", "contextlib", "contextvars", "copy", "dill", "functools",
     "gc", "gevent", "hydra", "importlib", "inspect", "itertools", "joblib", "multiprocessing", "operator", "pickle", "pkgutil", "pluggy", "pydoc", "queue",
     "sched", "stevedore", "threading", "trio", "types", "typing", "unittest", "weakref", "werkzeug"}
)  # fmt: skip
"""Packages whose calls may give back an object of the program that they were given, or that a function gave them."""
STARTING = frozenset({"threading.Thread", "multiprocessing.Process"})
"""Classes that call their `target` with their `args`."""
CACHING = frozenset({"lru_cache", "cache", "cached", "memoize"})
"""Decorators, by their last names, under which a function runs once for the same arguments."""

# -- for the planner
PASSING = frozenset({"str", "bytes", "pydantic.SecretStr", "pydantic.types.SecretStr", "pydantic.v1.SecretStr", "typing.cast", "copy.copy",
                     "copy.deepcopy", "sys.intern", "pydantic.SecretBytes", "types.MappingProxyType"})  # fmt: skip
"""Calls whose answer is their (first) argument."""
DEFERRED = {
    "asyncio.to_thread": 0,
    "asyncio.get_event_loop().run_in_executor": 1,
    "asyncio.get_running_loop().run_in_executor": 1,
    "concurrent.futures.ThreadPoolExecutor().submit": 0,
    "concurrent.futures.ProcessPoolExecutor().submit": 0,
    "concurrent.futures.thread.ThreadPoolExecutor().submit": 0,
    "anyio.to_thread.run_sync": 0,
    "atexit.register": 0,
}
"""Calls that call what stands at this place of their arguments with the rest of them."""
MAPPED = frozenset(
    {
        "map",
        *(f"concurrent.futures.{m}{p}Executor().map" for m in ("", "thread.", "process.") for p in ("ThreadPool", "ProcessPool")),
        *(
            f"multiprocessing.{p}.{m}"
            for p in ("Pool()", "pool.ThreadPool()", "pool.Pool()", "dummy.Pool()")
            for m in ("map", "imap", "imap_unordered", "map_async")
        ),
    }
)
"""Calls that call their first argument with each element of the others."""
ENVIRONMENT = frozenset(
    {"os.getenv", "os.environ.get", "os.environb.get", "os.environ.setdefault", "environ.Env()", "decouple.config", "os.environ.pop"}
)
"""Calls that give a variable of the environment, or their second argument."""
DECORATORS = frozenset({"staticmethod", "classmethod", "property", "functools.lru_cache", "functools.cache", "functools.lru_cache()", "functools.wraps()",
                        "functools.cached_property", "contextlib.contextmanager", "contextlib.asynccontextmanager", "abc.abstractmethod",
                        "typing.overload", "typing.final", "override", "typing.override", "cached_property"})  # fmt: skip
"""Decorators that call a function only as the program shows."""
TRANSFORMING = frozenset(
    {"base64", "binascii", "codecs", "zlib", "urllib", "json", "hashlib", "string", "bytes", "hmac", "itertools", "ast"}
)
"""Modules whose calls make something else of the texts that they are given."""
TRANSFORMING_CALLS = frozenset(
    {"str.join", "bytes.fromhex", "map", "zip", "filter", "eval", "repr", "format", "enumerate", "next", "bytearray.fromhex"}
)
"""Single calls that do the same."""
BUILTINS = frozenset({"dict", "str", "bytes", "getattr", "setattr", "vars", "globals", "locals", "eval", "exec", "print", "open", "staticmethod",
                      "classmethod", "property", "super", "list", "tuple", "set", "zip", "map", "filter", "sorted", "reversed", "enumerate", "len", "repr",
                      "format", "bool", "type", "next", "iter", "object", "isinstance", "all", "any", "hasattr", "delattr", "input", "__import__"})  # fmt: skip
"""Names that Python binds itself."""

# -- for the witness
ENVIRONMENT_COPIES = {"os.environ.copy()": "os.environb"}
"""A copy of the environment counts as the environment, in which nothing is followed."""
HANDING = {
    "functools.partial": 0, "asyncio.to_thread": 0, "threading.Timer": 1, "submit": 0, "run_in_executor": 1, "apply_async": 0, "run_sync": 0,
}  # fmt: skip
"""What calls a function with the arguments behind it, by dotted name or method; and at which place the function stands."""
MAPPING = frozenset({"map", "starmap", "imap"})
"""What calls a function with each element of something."""
SAME = frozenset({"builtins.str", "builtins.list", "builtins.tuple", "builtins.iter", "copy.copy", "copy.deepcopy", "builtins.bytes", "asyncio.run",
                  "os.fspath", "typing.cast"})  # fmt: skip
"""Callables that give what they are given."""
LISTING = frozenset({"builtins.list", "builtins.tuple", "builtins.iter"})
"""Those of them that give the keys of a dict."""
HOLDING = frozenset({"builtins.dict", "types.SimpleNamespace", "pydantic.SecretStr", "pydantic.types.SecretStr", "collections.OrderedDict"})
"""Callables whose result holds what they are given."""
REORDERING = frozenset({"builtins.sorted", "builtins.set", "builtins.frozenset", "builtins.filter", "builtins.reversed"})
"""Callables whose result has the elements of what they are given, each at some place."""
GETTING = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop"})
"""Callables that give a variable of the environment."""
KEEPING = frozenset({"staticmethod", "classmethod", "property", "cached_property", "lru_cache", "cache", "contextmanager", "asynccontextmanager", "wraps",
                     "abstractmethod", "override", "overload", "final", "setter", "getter"})  # fmt: skip
"""Decorators that leave a function what it is."""
CLASS_KEEPING = frozenset(
    {"dataclass", "final", "unique", "total_ordering", "define", "frozen", "attrs", "attr.s", "s", "runtime_checkable"}
)
"""Decorators that leave a class what it is."""
PLAIN_BASES = frozenset(
    {
        "builtins.object", "builtins.Exception", "abc.ABC", "typing.Protocol", "typing.NamedTuple", "threading.Thread", "unittest.TestCase",
        "typing.Generic", "enum.Enum", "enum.IntEnum", "enum.StrEnum", "typing.Generic[]", "builtins.dict", "builtins.ValueError",
        "multiprocessing.Process", "builtins.RuntimeError", "builtins.str", "builtins.int", "json.JSONEncoder", "typing.TypedDict",
    }
)  # fmt: skip
"""Bases outside of the program that give no attribute of theirs to a class's own, and change none."""
BARE_BASES = frozenset(
    {"builtins.object", "abc.ABC", "typing.Protocol", "typing.Generic", "typing.Generic[]", "typing.NamedTuple", "typing.TypedDict"}
)
"""Those of them whose classes have no attribute that the program does not show."""
MANAGERS = frozenset(
    {"open", "client", "resource", "Lock", "ThreadPoolExecutor", "Session", "create_client", "TemporaryDirectory", "closing", "Pool"}
)
"""Context managers that let exceptions pass, by their last names; `packages.Trait.PLAIN_MANAGERS` says whose."""
USING_UP = frozenset({"list", "tuple", "set", "frozenset", "dict", "sum", "any", "all", "min", "max", "sorted"})
"""Builtins that go through what they are given before they return. `any` and `all` may stop early, and nobody else has the rest."""
TYPED = frozenset({"typing", "typing_extensions", "collections", "collections.abc", "builtins"})
"""Modules whose names take parameters in brackets, and nothing of which is a dict or list."""
CALLING_BACK = frozenset({"builtins.next", "builtins.map", "builtins.filter", "builtins.sorted", "builtins.setattr", "builtins.exec", "builtins.eval",
                          "builtins.input"})  # fmt: skip
"""Functions of Python that run code of the program, or ask somebody."""
TEXTUAL = frozenset({"builtins.len", "builtins.str", "builtins.bytes", "builtins.print", "builtins.sorted", "builtins.iter", "builtins.list",
                     "builtins.tuple", "builtins.hash"})  # fmt: skip
"""Callables that cannot do with None what they do with a text."""
SHELLING = frozenset({"system", "popen", "execv", "execve", "execvp", "execvpe", "spawnl", "spawnv", "posix_spawn", "fork", "create_subprocess_exec",
                      "create_subprocess_shell"})  # fmt: skip
"""Functions of `os` and `asyncio` that start a program, by their last names."""
_PURE: dict[str, tuple[str, ...]] = {
    "os": ("getenv", "environ.get", "path.join", "path.dirname", "path.abspath", "path.realpath", "path.expanduser", "fspath"),
    "datetime": ("timedelta", "date", "datetime"),
    "decimal": ("Decimal",),
    "builtins": ("str", "bytes", "dict", "list", "tuple", "set", "frozenset", "len", "sorted", "zip", "enumerate", "getattr", "isinstance", "type",
                 "bool", "all", "any", "reversed", "property", "staticmethod", "classmethod", "object"),
    "collections": ("namedtuple", "OrderedDict"),
    "types": ("SimpleNamespace",),
    "typing": ("cast", "NamedTuple", "TypeVar", "NewType"),
    "dataclasses": ("field", "dataclass", "replace"),
    "attr": ("ib", "s", "define", "field", "frozen"),
    "attrs": ("field", "define", "frozen"),
    "pydantic": ("SecretStr", "Field"),
    "functools": ("partial",),
    "copy": ("copy", "deepcopy"),
    "boto3": ("Session", "Session().get_credentials"),
    "botocore": ("config.Config", "session.Session", "credentials.Credentials", "credentials.ReadOnlyCredentials"),
    "aiobotocore": ("session.AioSession",),
    "pathlib": ("Path", "Path().resolve", "Path().absolute", "Path().joinpath", "Path().with_name", "PurePath"),
    "re": ("compile",),
    "logging": ("getLogger",),
    "enum": ("auto",),
}  # fmt: skip
PURE = frozenset(f"{module}.{name}" for module, names in _PURE.items() for name in names)
"""Callables outside the program that give an answer and do nothing else."""
