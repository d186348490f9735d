"""Frameworks that take a module's names as their settings: where every read of these settings can be seen, a name may still go."""

import ast
import re
from pathlib import Path

from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.evaluation.world import last_name

TAKING = frozenset({"from_object", "config_from_object", "from_pyfile", "import_string", "from_mapping"})
"""Methods that take all names of a module that they are given, or told by a text."""
EXTENSIONS = frozenset(
    {
        "flask_sqlalchemy", "flask_login", "flask_wtf", "flask_migrate", "flask_cors", "flask_mail", "flask_bcrypt", "flask_restful", "flask_moment",
        "flask_jwt_extended", "flask_marshmallow", "flask_socketio", "flask_limiter", "flask_caching", "flask_session", "flask_bootstrap", "flask_babel",
        "flask_talisman", "flask_compress", "flask_restx", "flask_httpauth", "flask_testing", "flask_script", "flask_principal", "flask_pymongo",
    }
)  # fmt: skip
"""Extensions of Flask that read settings of their own names, none of which holds a key for AWS."""
_READS = re.compile(
    r"(?<![A-Za-z0-9_])(?:app|application|current_app|server|self)\.config(?![A-Za-z0-9_])"
    r"""(?!\s*(?:\[\s*["'][A-Za-z0-9_]+["']\s*\]|\.(?:get|setdefault|pop)\(\s*["']|\.(?:from_object|from_envvar|from_prefixed_env)\(|\.update\())"""
)
_OTHERS = re.compile(r"(?m)^[ \t]*(?:from|import)[ \t]+(flask_[a-z0-9_]+)")


def check_settings(case: Case, names: set[str]) -> None:
    """Raise Rejected where a framework takes all names of a module that loses some, and who reads them cannot be seen.

    Flask: https://flask.palletsprojects.com/en/stable/config/. Its settings are a dict; what reads it by literal names reads no other.
    """
    stems = {p.stem if p.stem != "__init__" else p.parent.name for p in case.homes}
    for name in sorted(TAKING):
        for call in case.old.world.calls.get(name, ()):
            unit = case.unit(call)
            if not any(_means(case, a, unit.path, stems) for a in [*call.args, *(k.value for k in call.keywords)]):
                continue
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            if name != "from_object" or owner is None or last_name(owner) != "config":
                raise Rejected("framework-settings", unit, call, f"`{name}` takes all names of the module that holds the key")
            _check_flask(case, names)
    found = case.rewritten.mentions.says([rf"(?:{'|'.join(sorted(TAKING))})\s*\([^)\n]*(?:{'|'.join(map(re.escape, sorted(stems)))})"],
                                         set(case.old.world.units)) if stems else None  # fmt: skip
    if found is not None:
        raise Rejected(
            "framework-settings", found[0], None, f"{found[0].name}, which was not analyzed, takes all names of a module that holds the key"
        )


def _means(case: Case, argument: ast.expr, path: Path, stems: set[str]) -> bool:
    """Return whether an argument may be a module that loses names: itself, its name, or the name of a class in it."""
    if isinstance(argument, ast.Name) and argument.id == "__name__":
        return path in case.homes
    if isinstance(argument, ast.Constant):
        return isinstance(argument.value, str) and bool(stems & set(re.split(r"[./:\\]", argument.value)))
    for v in case.old.value(argument):
        if v.kind is Kind.MODULE:
            return v.data in case.homes
        if v.kind in (Kind.CLASS, Kind.INSTANCE):
            return case.old.world.unit_of[v.data].path in case.homes
        if v.kind is Kind.UNKNOWN:
            return True
    return False


def _check_flask(case: Case, names: set[str]) -> None:
    """Raise Rejected where Flask's settings may be read otherwise than by literal names, or by an extension or template."""
    for path, text in case.rewritten.mentions.texts():
        if path.suffix == ".py":
            other = next((m.group(1) for m in _OTHERS.finditer(text) if m.group(1) not in EXTENSIONS), None)
            if other is not None:
                raise Rejected("framework-settings", path, None, f"the extension `{other}` may read the settings that hold the key")
            if _READS.search(text) is not None:
                raise Rejected(
                    "framework-settings", path, None, "the settings that hold the key are read as a whole, or by a computed name"
                )
            if path not in case.old.world.units and names & set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text)):
                raise Rejected(
                    "framework-settings", path, None, f"{path.name}, which was not analyzed, may read the settings that hold the key"
                )
        elif "config" in text and (
            names & set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text)) or re.search(r"\{\{[^}]*\bconfig\s*[|}]|in\s+config\b", text)
        ):
            raise Rejected("framework-settings", path, None, f"the template {path.name} may read the settings that hold the key")
