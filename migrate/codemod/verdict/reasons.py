"""Why a use of a key cannot be rewritten, in words: a code, what is there, and what to do about it.

What a text beside the key says (SQL, a URL, a setting's name) is known by its own words, wherever it is handed to; a call by the library's description.
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Lib, Text
from migrate.codemod.keys.rules import Rule
from migrate.codemod.libraries import without_profile
from migrate.codemod.libraries.packages import SENDING, STARTING
from migrate.codemod.libraries.texts import LOOSE, TELLING, Telling
from migrate.codemod.source.shown import shown


class Reason(NamedTuple):
    """Which rule speaks against a rewrite, a code of `migrate.codes`, what is there, and what to do."""

    rule: Rule
    code: str
    message: str
    help: str = ""


_BOTO_CALL = re.compile(
    r"(?:aio)?boto3\.(?:Session\(\)\.)?(?:client|resource)\(\)\.|(?:aio)?botocore\.session\.\w+\(\)\.create_client\(\)\."
)

_PROGRAM = "pass AWS_PROFILE or --profile to the program instead"
_LONGER = Reason(
    Rule.LONGER_TEXT, "AWS204", "the key becomes part of a longer string", "use a profile or a role in that string instead of a key"
)
_EMBEDDED = Reason(
    Rule.LONGER_TEXT, "AWS204", "a longer string contains the key", "use a profile or a role in that string instead of a key"
)


def reason_for(interpreter: Interpreter, home: Module, node: ast.AST, parent: ast.AST | None, embedded: bool) -> Reason:
    """Return why a use of one string cannot be rewritten. `embedded`: the literal itself holds a key amidst other text, and stands here."""
    if embedded:
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        return by_text(text, TELLING + LOOSE) or by_call(interpreter, call_around(home, node)) or _EMBEDDED
    call = call_around(home, node)
    match parent:
        case ast.Compare():
            return Reason(Rule.COMPARED, "AWS207", "the key is compared", "compare something that is not a credential")
        case ast.UnaryOp() | ast.If() | ast.While() | ast.Assert() | ast.IfExp() | ast.BoolOp():
            return Reason(Rule.TESTED, "AWS207", "the code tests whether there is a key", "test for the profile instead, then run again")
        case ast.Return():
            return Reason(Rule.RETURNED, "AWS202", "the key is returned to unknown callers", "let the function return a session instead")
    if isinstance(parent, ast.FormattedValue | ast.JoinedStr | ast.BinOp) or (call is not None and templating(call)):
        return by_text("\n".join(texts_beside(interpreter, home, node, True)), TELLING + LOOSE) or by_call(interpreter, call) or _LONGER
    if call is None:
        return Reason(Rule.USED_AS_DATA, "AWS207", "the key is used as data", "remove it by hand")
    if found := by_call(interpreter, call):
        return found
    return by_text("\n".join(texts_beside(interpreter, home, node, False)), TELLING) or Reason(
        Rule.UNKNOWN_CALL,
        "AWS202",
        f"the key is passed to `{short(call)}`, which is not known to accept a profile",
        "see its documentation for how to pass a profile, a session or credentials from the default chain",
    )


_LITERALS: dict[type[ast.AST], str] = {
    ast.Dict: "a dict", ast.DictComp: "a dict", ast.List: "a list", ast.ListComp: "a list", ast.Tuple: "a tuple",
    ast.Set: "a set", ast.SetComp: "a set", ast.GeneratorExp: "a generator",
}  # fmt: skip


def reason_for_container(interpreter: Interpreter, home: Module, node: ast.AST) -> Reason:
    """Return why a use of a dict or list that holds a key cannot be rewritten."""
    call = call_around(home, node)
    if call is not None and (found := by_call(interpreter, call)):
        return found
    if told := by_text("\n".join(texts_beside(interpreter, home, node, False)), TELLING):
        return told
    what = _LITERALS.get(type(node)) or f"`{shown(node, 40)}`"
    taken = call is not None and node in (*call.args, *(k.value for k in call.keywords))
    return Reason(
        Rule.CONTAINER_AS_WHOLE,
        "AWS202",
        f"{what} holds the key and is {f'passed to `{short(call)}`' if call is not None and taken else 'used'} as a whole",
        "remove the key from it by hand, or pass a session instead",
    )


def reason_for_target(interpreter: Interpreter, home: Module, target: ast.AST) -> Reason:
    """Return why a key that is put into something which is not followed (`env["AWS_ACCESS_KEY_ID"] = …`, `conf.key = …`) cannot be rewritten."""
    base = target.value if isinstance(target, ast.Subscript | ast.Attribute) else target
    names = {v.name for v in interpreter.values_of(base) if isinstance(v, Lib)}
    text = shown(target)
    if any(name.startswith("os.environ") for name in names):
        return Reason(Rule.STARTS_PROGRAM, "AWS211", f"the key is set in the environment of a program (`{text}`)", _PROGRAM)
    for name in names:
        if spec := without_profile(name):
            return Reason(Rule.NO_PROFILE, "AWS203", f"the key is stored in `{text}`, which does not accept a profile", spec.advice)
    if told := by_text("\n".join(texts_beside(interpreter, home, target, False)), TELLING):
        return told
    return Reason(
        Rule.UNTRACED_TARGET,
        "AWS202",
        f"the key is stored in `{text}`, which cannot be traced",
        "find what reads it there, and let that use a profile or a session",
    )


def by_text(text: str, table: tuple[Telling, ...]) -> Reason | None:
    """Return what a text says by its own words."""
    found = next((telling for telling in table if telling.pattern.search(text)), None) if text else None
    return Reason(Rule.TOLD_BY_TEXT, found.code, found.message, found.help) if found is not None else None


def templating(call: ast.Call) -> bool:
    """Return whether a call only makes a longer text."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in (
        "format",
        "join",
        "replace",
        "format_map",
        "substitute",
        "safe_substitute",
    ):
        return True
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    return name in ("quote", "quote_plus", "urlencode", "safequote")


def by_call(interpreter: Interpreter, call: ast.Call | None) -> Reason | None:
    """Return what is known of the callable that a key is handed to."""
    if call is None:
        return None
    names = [v.name for v in interpreter.values_of(call.func) if isinstance(v, Lib)]
    if isinstance(call.func, ast.Attribute):
        names.append(f"*.{call.func.attr}")
    for name in names:
        if spec := without_profile(name):
            return Reason(Rule.NO_PROFILE, "AWS203", f"`{short(call)}` accepts keys, but no profile", spec.advice)
        if name.startswith(STARTING):
            return Reason(Rule.STARTS_PROGRAM, "AWS211", f"a program is started with the key (`{short(call)}`)", _PROGRAM)
        if _BOTO_CALL.match(name):
            return Reason(
                Rule.SENT_TO_AWS,
                "AWS207",
                f"the key is sent to AWS as data (`{short(call)}`)",
                "give whatever needs it a role instead of a key",
            )
        if name.startswith(SENDING) or name in ("print", "pprint.pprint"):
            return Reason(
                Rule.SENT_AS_DATA,
                "AWS207",
                f"the key is printed, written or sent as data (`{short(call)}`)",
                "do not pass the key: let the other side use a role or a profile",
            )
    return None


def short(call: ast.Call) -> str:
    """Return a callable as the text has it, cut where it is long."""
    text = shown(call.func, 10_000)
    return text if len(text) <= 60 else f"…{text[-59:]}"


def call_around(home: Module, node: ast.AST) -> ast.Call | None:
    """Return the nearest call that an expression is an argument of, within its statement."""
    below = node
    for up in home.source.ancestors(node):
        if isinstance(up, ast.Call) and below is not up.func:
            return up
        if isinstance(up, ast.stmt):
            return None
        below = up
    return None


def texts_beside(interpreter: Interpreter, home: Module, node: ast.AST, inside: bool) -> Iterator[str]:
    """Yield the texts that a key is put into (`inside`), or that stand anywhere in the same expression: literals, and what names there stand for."""
    top: ast.AST = node
    for up in home.source.ancestors(node):
        if not isinstance(up, ast.expr | ast.keyword) or (inside and isinstance(up, ast.Call) and not templating(up)):
            break
        top = up
    for inner in [node, *ast.walk(top)]:
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
        elif isinstance(inner, ast.Name | ast.Attribute):
            yield from (v.text for v in interpreter.values_of(inner) if isinstance(v, Text))
