"""Names: how a file says `boto3.Session`, which identifiers it uses, and what a key's name becomes when it names a profile."""

import ast
import re

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import ScopeKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Lib, Scope, Store

_KEY_WORDS = re.compile(
    r"(?i)(?:aws_?|amazon_?)?(?:s3_?)?(?:access_?key_?id|access_?key|accesskeyid|key_?id|access_?id|akid|access|key|id|user(?:name)?)$"
)


def identifiers(module: Module) -> set[str]:
    """Return every identifier in a source, whatever it stands for."""
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


def visible(interpreter: Interpreter, scope: Scope, dotted: str, at: ast.AST | None = None) -> str | None:
    """Return the name by which a library's module, class or function can be reached from a scope.

    With `at`, only one that is surely bound when that node runs.
    """
    here: Scope | None = scope
    while here is not None:
        if here is scope or here.kind is not ScopeKind.CLASS:
            for name, stores in here.stores.items():
                kinds = {s.kind for s in stores}
                if at is not None and not any(imported_by(s, here, scope, at) for s in stores if s.kind is StoreKind.IMPORT):
                    continue
                if kinds == {StoreKind.IMPORT} and all(any(isinstance(v, Lib) and v.name == dotted for v in s.values) for s in stores):
                    shadowed = scope
                    while shadowed is not None and shadowed is not here:
                        if name in shadowed.stores or name in shadowed.locals:
                            break
                        shadowed = shadowed.parent  # type: ignore[assignment]
                    if shadowed is here:
                        return name
                if here.kind is ScopeKind.MODULE and all(
                    s.kind is StoreKind.IMPORT or not any(isinstance(v, Lib) for v in s.values) for s in stores
                ) and any(s.kind is StoreKind.IMPORT and any(isinstance(v, Lib) and v.name == dotted for v in s.values) for s in stores):  # fmt: skip
                    return name  # `try: import boto3` with a fallback of None
        here = here.parent
    return None


def says_key(name: str) -> bool:
    """Return whether a name says that it is a key's. `dev` in a dict of accounts does not, and stays as it is."""
    return _KEY_WORDS.search(name) is not None


def imported_by(store: Store, home: Scope, scope: Scope, at: ast.AST) -> bool:
    """Return whether an import has surely run when a node runs: it is in no branch, and comes first where both run in one go."""
    source = store.module.source
    inner: ast.AST = source.statement(store.node)
    if scope is home or scope.kind is ScopeKind.CLASS:
        if source.span(inner).start > source.span(at).start:
            return False
    path = {at, *source.ancestors(at)}
    for up in source.ancestors(inner):
        if up is home.node or isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            return True
        blocks = [block for name in ("body", "orelse", "finalbody", "handlers") if inner in (block := getattr(up, name, []))]
        always = isinstance(up, ast.With | ast.AsyncWith) or (isinstance(up, ast.Try) and inner in up.body)
        if not always and not any(n in path for block in blocks for n in block):
            return False
        inner = up
    return True


def imported_only(module: Module, scope: Scope, name: str) -> bool:
    """Return whether a name is bound by imports of the module alone, so that one more at the top changes nothing."""
    here: Scope | None = scope
    while here is not None and here is not module.scope:
        if name in here.stores or name in here.locals:
            return False
        here = here.parent
    stores = module.scope.stores.get(name, [])
    return bool(stores) and all(
        s.kind is StoreKind.IMPORT and isinstance(s.node, ast.alias) and s.node.name == name and not s.node.asname for s in stores
    )


def profile_name_for(name: str, taken: set[str]) -> str | None:
    """Return what a variable that held a key id is called when it holds a profile's name; None where every candidate is taken."""
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
    """Return a string literal in the quotes that `like` (a source or a literal) uses."""
    body = text.replace("\\", "\\\\")
    if like[:1] in "'\"":
        quote = like[0]
    else:
        quote = "'" if like.count("'") > like.count('"') else '"'
    return quote + body.replace(quote, "\\" + quote) + quote
