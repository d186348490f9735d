"""Names: how a file says `boto3.Session`, which identifiers it uses, and what a key's name becomes when it names a profile."""

import ast
import re

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Lib, Scope

_KEY_WORDS = re.compile(
    r"(?i)(?:aws_?|amazon_?)?(?:s3_?)?(?:access_?key_?id|access_?key|accesskeyid|key_?id|access_?id|akid|access|key|id|user(?:name)?)$"
)


def identifiers(module: Module) -> set[str]:
    """Every identifier in a source, whatever it stands for."""
    names: set[str] = set(module.source.opaque)
    for node in ast.walk(module.source.tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias():
                names.add((node.asname or node.name).split(".")[0])
            case ast.keyword(arg=str() as name):
                names.add(name)
            case ast.Global(names=more) | ast.Nonlocal(names=more):
                names.update(more)
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name) | ast.ExceptHandler(name=str() as name):
                names.add(name)
    return names


def visible(interpreter: Interpreter, scope: Scope, dotted: str) -> str | None:
    """The name under which a library's module, class or function can be reached from a scope."""
    here: Scope | None = scope
    while here is not None:
        if here is scope or here.kind != "class":
            for name, stores in here.stores.items():
                kinds = {s.kind for s in stores}
                if kinds == {"import"} and all(any(isinstance(v, Lib) and v.name == dotted for v in s.values) for s in stores):
                    shadowed = scope
                    while shadowed is not None and shadowed is not here:
                        if name in shadowed.stores or name in shadowed.locals:
                            break
                        shadowed = shadowed.parent  # type: ignore[assignment]
                    if shadowed is here:
                        return name
                if here.kind == "module" and all(
                    s.kind == "import" or not any(isinstance(v, Lib) for v in s.values) for s in stores
                ) and any(s.kind == "import" and any(isinstance(v, Lib) and v.name == dotted for v in s.values) for s in stores):  # fmt: skip
                    return name  # `try: import boto3` with a fallback of None
        here = here.parent
    return None


def says_key(name: str) -> bool:
    """Does a name say that it is a key's? `dev` in a dict of accounts is not, and stays what it is."""
    return _KEY_WORDS.search(name) is not None


def profile_name_for(name: str, taken: set[str]) -> str | None:
    """What a variable that held a key id is called when it holds a profile's name; None where every candidate is taken."""
    upper = name.isupper()
    stem = _KEY_WORDS.sub("", name).strip("_")
    if len(stem) < 2:
        stem = ""
    candidates = []
    private = "_" if name.startswith("_") else ""
    aws = bool(re.match(r"(?i)_?aws", name))
    if stem and stem.lower() not in ("aws", "my"):
        candidates.append(f"{stem}_profile")
    candidates += ["aws_profile", "profile", "profile_name"] if aws or upper else ["profile", "profile_name", "aws_profile"]
    candidates.append(f"{name.strip('_')}_profile")
    for c in candidates:
        made = private + (c.upper() if upper else c)
        if made not in taken and made.isidentifier():
            return made
    return None


def quoted(text: str, like: str) -> str:
    """A string literal in the quotes that `like` (a source or a literal) uses."""
    body = text.replace("\\", "\\\\")
    if like[:1] in "'\"":
        quote = like[0]
    else:
        quote = "'" if like.count("'") > like.count('"') else '"'
    return quote + body.replace(quote, "\\" + quote) + quote
