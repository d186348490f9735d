"""Programs that pass keys around, drawn by hypothesis: each piece takes an id and its secret a step further, or signs with them."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.madeup import key_id, secret

KEYS = {name: (key_id(name), secret(name)) for name in ("one", "two", "three")}


@dataclass
class Pair:
    """Two expressions that stand for one key's id and secret where the program is now."""

    id: str
    secret: str


@dataclass
class Program:
    """A program under construction: lines of the main script, of a module beside it, and names that are taken."""

    draw: st.DrawFn
    lines: list[str] = field(default_factory=lambda: ["import os", "import boto3"])
    module: list[str] = field(default_factory=list)
    count: int = 0
    indent: str = ""

    def add(self, *lines: str) -> None:
        """Adds lines at the present depth."""
        self.lines += [self.indent + line for line in lines]

    def name(self, stem: str) -> str:
        """A fresh name, or now and then one that was used before."""
        if self.draw(st.integers(0, 5)) == 0:
            return stem
        self.count += 1
        return f"{stem}{self.count}"

    def pick(self, *options: object) -> object:
        """One of several."""
        return self.draw(st.sampled_from(options))


def literal(p: Program, name: str) -> Pair:
    """The key as it is first written down."""
    i, s = KEYS[name]
    quote = p.pick('"', "'")
    form = p.pick("plain", "plain", "plain", "concatenated", "plus")
    if form == "concatenated":
        return Pair(f"({quote}{i[:7]}{quote} {quote}{i[7:]}{quote})", f"{quote}{s}{quote}")
    if form == "plus":
        return Pair(f"{quote}{i}{quote}", f"{quote}{s[:13]}{quote} + {quote}{s[13:]}{quote}")
    return Pair(f"{quote}{i}{quote}", f"{quote}{s}{quote}")


def names(p: Program, at: Pair) -> Pair:
    k, s = p.name("key"), p.name("secret")
    p.add(f"{k} = {at.id}", f"{s} = {at.secret}")
    return Pair(k, s)


def unpacked(p: Program, at: Pair) -> Pair:
    k, s = p.name("key"), p.name("secret")
    p.add(p.pick(f"{k}, {s} = {at.id}, {at.secret}", f"({k}, {s}) = [{at.id}, {at.secret}]", f"{k}, n, {s} = {at.id}, 1, {at.secret}"))  # type: ignore[arg-type]
    return Pair(k, s)


def chained(p: Program, at: Pair) -> Pair:
    k, s = p.name("key"), p.name("secret")
    p.add(f"{k} = spare_{k} = {at.id}", f"{s}: str = {at.secret}")
    return Pair(p.pick(k, f"spare_{k}"), s)  # type: ignore[arg-type]


def dictionary(p: Program, at: Pair) -> Pair:
    d = p.name("conf")
    p.add(p.pick(f'{d} = {{"key": {at.id}, "n": 1, "secret": {at.secret}}}', f"{d} = dict(key={at.id}, secret={at.secret}, n=2)"))  # type: ignore[arg-type]
    return Pair(p.pick(f'{d}["key"]', f'{d}.get("key")'), f'{d}["secret"]')  # type: ignore[arg-type]


def nested(p: Program, at: Pair) -> Pair:
    d = p.name("conf")
    p.add(f'{d} = {{"aws": {{"k": {at.id}, "s": {at.secret}}}, "x": {{"y": 1}}}}')
    return Pair(f'{d}["aws"]["k"]', f'{d}["aws"]["s"]')


def attributes(p: Program, at: Pair) -> Pair:
    c = p.name("Conf")
    p.add(f"class {c}:", f"    KEY = {at.id}", f"    SECRET = {at.secret}", "    N = 1")
    return Pair(p.pick(f"{c}.KEY", f"{c}().KEY"), f"{c}.SECRET")  # type: ignore[arg-type]


def instance(p: Program, at: Pair) -> Pair:
    c = p.name("Holder")
    p.add(
        f"class {c}:", "    def __init__(self, k, s):", "        self.k = k", "        self.s = s", f"obj_{c} = {c}({at.id}, s={at.secret})"
    )
    return Pair(f"obj_{c}.k", f"obj_{c}.s")


def returned(p: Program, at: Pair) -> Pair:
    f = p.name("give")
    if p.pick(True, False):
        p.add(f"def {f}():", f"    return {at.id}, {at.secret}", f"k_{f}, s_{f} = {f}()")
        return Pair(f"k_{f}", f"s_{f}")
    p.add(f"def {f}_key():", f"    return {at.id}", f"def {f}_secret():", f"    return {at.secret}")
    return Pair(f"{f}_key()", f"{f}_secret()")


def through(p: Program, at: Pair) -> Pair:
    f = p.name("passing")
    p.add(f"def {f}(x):", "    return x")
    return Pair(f"{f}({at.id})", f"{f}({at.secret})")


def walrus(p: Program, at: Pair) -> Pair:
    k = p.name("wal")
    return Pair(f"({k} := {at.id})", at.secret)


def conditional(p: Program, at: Pair) -> Pair:
    other = literal(p, str(p.pick(*KEYS)))
    k, s = p.name("key"), p.name("secret")
    test = p.pick("len('a') == 1", "len('a') == 2", "os.environ.get('MODE') == 'x'")
    p.add(f"if {test}:", f"    {k} = {at.id}", f"    {s} = {at.secret}", "else:", f"    {k} = {other.id}", f"    {s} = {other.secret}")
    return Pair(k, s)


def ternary(p: Program, at: Pair) -> Pair:
    other = literal(p, str(p.pick(*KEYS)))
    t = p.name("flag")
    k, s = p.name("key"), p.name("secret")
    p.add(f"{t} = os.environ.get('MODE') == 'x'", f"{k} = {at.id} if {t} else {other.id}", f"{s} = {at.secret} if {t} else {other.secret}")
    return Pair(k, s)


def in_module(p: Program, at: Pair) -> Pair:
    if not (at.id[0] in "('\"" and at.secret[0] in "('\""):
        return at
    n = len(p.module)
    p.module += [f"AWS_KEY{n} = {at.id}", f"AWS_SECRET{n} = {at.secret}"]
    form = p.pick("from", "module", "as")
    if form == "from":
        p.add(f"from keyring_ import AWS_KEY{n}, AWS_SECRET{n}")
        return Pair(f"AWS_KEY{n}", f"AWS_SECRET{n}")
    if form == "as":
        p.add(f"from keyring_ import AWS_KEY{n} as K{n}, AWS_SECRET{n} as S{n}")
        return Pair(f"K{n}", f"S{n}")
    p.add("import keyring_")
    return Pair(f"keyring_.AWS_KEY{n}", f"keyring_.AWS_SECRET{n}")


REBINDINGS = (
    ("for n_ in range(3):", "    {use}", "    if n_ == 1:", "        {bind}", "        continue", "    {back}"),
    ("for n_ in range(2):", "    if os.environ.get('MODE'):", "        break", "else:", "    {bind}"),
    ("while True:", "    if n_ or True:", "        {bind}", "        break", "    {back}"),
    ("try:", "    if os.environ.get('MODE'):", "        {bind}", "        raise ValueError", "except ValueError:", "    {use}"),
    (
        "try:",
        "    try:",
        "        {bind}",
        "        raise ValueError",
        "    except KeyError:",
        "        {back}",
        "except ValueError:",
        "    pass",
    ),
    ("try:", "    int('x' if os.environ.get('MODE') else '1')", "    {bind}", "except ValueError:", "    pass", "finally:", "    {use}"),
    ("with contextlib.suppress(ValueError):", "    {bind}", "    int('x')", "    {back}"),
    ("if os.environ.get('MODE') and ({k} := {id}) and ({s} := {secret}):", "    {use}"),
    ("({k} := {id}, {s} := {secret}) if os.environ.get('MODE') else None",),
    ("match os.environ.get('MODE'):", "    case 'x':", "        {bind}"),
    ("def change():", "    global {k}, {s}", "    {bind}", "if os.environ.get('MODE'):", "    change()"),
)


def rebound(p: Program, at: Pair) -> Pair:
    """Another key takes the place of the first, or does not, by one way through the program or another."""
    other = literal(p, str(p.pick(*KEYS)))
    k, s = p.name("key"), p.name("secret")
    words = {
        "k": k, "s": s, "id": other.id, "secret": other.secret, "bind": f"{k}, {s} = {other.id}, {other.secret}", "back": f"{k}, {s} = spare_",
        "use": f'boto3.client("s3", aws_access_key_id={k}, aws_secret_access_key={s}).go()',
    }  # fmt: skip
    p.add("import contextlib", "n_ = 0", f"spare_ = {k}, {s} = {at.id}, {at.secret}")
    p.add(*(line.format(**words) for line in p.draw(st.sampled_from(REBINDINGS))))
    return Pair(k, s)


def handed_on(p: Program, at: Pair) -> Pair:
    """What a `getattr`, a dict's default, a dataclass or a list's place gives back."""
    n = p.name("held")
    kind = p.pick("getattr", "setdefault", "dataclass", "replace", "list", "partly")
    if kind == "getattr":
        p.add(f"class {n}:", f"    KEY = {at.id}", f"    SECRET = {at.secret}")
        return Pair(f'getattr({n}, "KEY")', f'getattr({n}, "SECRET", None)')
    if kind == "setdefault":
        p.add(f'{n} = {{"n": 1}}', f'{n}.setdefault("key", {at.id})', f'{n}.setdefault("secret", {at.secret})')
        return Pair(f'{n}["key"]', f'{n}.get("secret")')
    if kind == "list":
        p.add(f"{n} = [1, {at.id}, {at.secret}]")
        return Pair(f"{n}[1]", f"{n}[2]")
    if kind == "partly":
        p.add(f"{n}_key = {n}_secret = None", f"{n}_key, {n}_secret = {at.id}, {at.secret}")
        return Pair(f"{n}_key", f"{n}_secret")
    p.add("import dataclasses", "@dataclasses.dataclass", f"class {n}:", "    n: int = dataclasses.field(init=False, default=1)")
    p.add("    key: str = dataclasses.field(default='')", "    secret: str = dataclasses.field(repr=False, default_factory=str)")
    if kind == "dataclass":
        p.add(f"obj_{n} = {n}({at.id}, secret={at.secret})")
    else:
        p.add(f"obj_{n} = dataclasses.replace({n}(), key={at.id}, secret={at.secret})")
    return Pair(f"obj_{n}.key", f"obj_{n}.secret")


CARRIERS = (
    names,
    names,
    unpacked,
    chained,
    dictionary,
    nested,
    attributes,
    instance,
    returned,
    through,
    walrus,
    conditional,
    ternary,
    in_module,
    rebound,
    rebound,
    handed_on,
)


def sign_client(p: Program, at: Pair) -> None:
    kind = p.pick("client", "resource")
    tail = p.pick("", ', region_name="eu-west-1"')
    p.add(f'boto3.{kind}("s3", aws_access_key_id={at.id}, aws_secret_access_key={at.secret}{tail}).go({p.draw(st.integers(0, 99))})')


def sign_session(p: Program, at: Pair) -> None:
    s = p.name("session")
    p.add(
        f"{s} = boto3.Session({at.id}, {at.secret})"
        if p.pick(True, False)
        else f"{s} = boto3.Session(aws_secret_access_key={at.secret}, aws_access_key_id={at.id})"
    )
    p.add(f'{s}.client("sqs").go()')


def sign_override(p: Program, at: Pair) -> None:
    s = p.name("session")
    p.add(
        f'{s} = boto3.Session(region_name="us-west-2")',
        f'{s}.client("s3", aws_access_key_id={at.id}, aws_secret_access_key={at.secret}).go()',
    )
    if p.pick(True, False):
        p.add(f'{s}.client("sns").other()')


def sign_splat(p: Program, at: Pair) -> None:
    d = p.name("opts")
    more = p.pick("", ', "region_name": "eu-west-1"')
    p.add(f'{d} = {{"aws_access_key_id": {at.id}, "aws_secret_access_key": {at.secret}{more}}}', f'boto3.client("s3", **{d}).go()')
    if p.pick(True, False):
        p.add(f"boto3.Session(**{d}).client('sqs').go()")


def sign_in_function(p: Program, at: Pair) -> None:
    f = p.name("make")
    p.add(f"def {f}(key, secret, n=1):", '    return boto3.client("s3", aws_access_key_id=key, aws_secret_access_key=secret).go(n)')
    p.add(f"{f}({at.id}, {at.secret})")
    if p.pick(True, False):
        other = literal(p, str(p.pick(*KEYS)))
        p.add(f"{f}(n=2, key={other.id}, secret={other.secret})")


def sign_default(p: Program, at: Pair) -> None:
    if not (at.id[0] in "('\"" and at.secret[0] in "('\""):
        return sign_client(p, at)
    f = p.name("make")
    p.add(
        f"def {f}(key={at.id}, secret={at.secret}):",
        '    return boto3.client("s3", aws_access_key_id=key, aws_secret_access_key=secret).go()',
    )
    p.add(f"{f}()")
    return None


def sign_table(p: Program, at: Pair) -> None:
    t = p.name("table")
    other = literal(p, str(p.pick(*KEYS)))
    p.add(f'{t} = [("a", {at.id}, {at.secret}), ("b", {other.id}, {other.secret})]')
    p.add(f"for label, key, secret in {t}:", "    boto3.client(label, aws_access_key_id=key, aws_secret_access_key=secret).go()")


def sign_environment(p: Program, at: Pair) -> None:
    p.add(f'os.environ["AWS_ACCESS_KEY_ID"] = {at.id}', f'os.environ["AWS_SECRET_ACCESS_KEY"] = {at.secret}', 'boto3.client("sts").go()')


def sign_guarded(p: Program, at: Pair) -> None:
    asked = str(p.pick("{id} and {secret}", "not (not {id} or not {secret})", "{secret} is not None and {id}", "{id}", "{id} or {secret}",
                       "not ({id} is None or {secret} is None)", "{id} != '' and True and {secret}"))  # fmt: skip
    p.add(
        f"if {asked.format(id=at.id, secret=at.secret)}:",
        f'    boto3.client("s3", aws_access_key_id={at.id}, aws_secret_access_key={at.secret}).go()',
        "else:",
        '    boto3.client("s3").other()',
    )


def sign_record(p: Program, at: Pair) -> None:
    c, kind = p.name("record"), p.pick("namedtuple", "namespace", "union")
    if kind == "namedtuple":
        p.add("import collections", f'{c} = collections.namedtuple("R", "key secret n")({at.id}, secret={at.secret}, n=1)')
    elif kind == "namespace":
        p.add("import types", f"{c} = types.SimpleNamespace(key={at.id}, secret={at.secret}, n=1)")
    else:
        p.add(f'{c} = {{"region_name": "eu-west-1"}} | {{"aws_access_key_id": {at.id}, "aws_secret_access_key": {at.secret}}}')
        p.add(f'boto3.client("s3", **{c}).go()')
        return
    p.add(f'boto3.client("s3", aws_access_key_id={c}.key, aws_secret_access_key={c}.secret).go({c}.n)')
    if kind == "namedtuple" and p.pick(True, False):
        p.add(str(p.pick(f"a, b, *rest = {c}", f"print({c}[2])", f"n = len({c})", f"{c}._replace(n=3)")))


def sign_where_given(p: Program, at: Pair) -> None:
    """Parameters that are None where no key is given."""
    f = p.name("make")
    asked = str(
        p.pick("key and secret", "key", "key is not None and secret is not None", "not (not key or not secret)", "key and n and secret")
    )
    p.add(f"def {f}(key=None, secret=None, n=1):", f"    if {asked}:")
    if p.pick(True, False):
        p.add('        return boto3.client("s3", aws_access_key_id=key, aws_secret_access_key=secret).go(n)')
    else:
        p.add("        kw = {}", '        kw["aws_access_key_id"] = key', '        kw["aws_secret_access_key"] = secret')
        p.add('        return boto3.client("s3", **kw).go(n)')
    p.add('    return boto3.client("s3").other(n)', f"{f}({at.id}, {at.secret})")
    more = ("{f}()", "{f}(n=2)", "{f}(None, None, 3)", "{f}({id})", "{f}(secret={secret}, key={id}, n=0)", "{f}(*({id}, {secret}), 4)")
    for line in p.draw(st.lists(st.sampled_from(more), max_size=2)):
        p.add(line.format(f=f, id=at.id, secret=at.secret))


def sign_later(p: Program, at: Pair) -> None:
    """Functions that something else calls: a thread, an executor, a star."""
    f = p.name("work")
    marks = str(p.pick("key, secret, n=1", "key, secret, *n", "key, secret, /, n=1", "key, secret, *, n=1", "n, key, secret"))
    first = "0, " if marks.startswith("n") else ""
    p.add(f"def {f}({marks}):", '    boto3.client("s3", aws_access_key_id=key, aws_secret_access_key=secret).go(n)')
    kind = p.pick("thread", "submit", "star", "row", "spread")
    if kind == "thread":
        p.add("import threading", f"t_ = threading.Thread(target={f}, args=({first}{at.id}, {at.secret}))", "t_.start()", "t_.join()")
    elif kind == "submit":
        p.add("from concurrent.futures import ThreadPoolExecutor", "with ThreadPoolExecutor(1) as pool_:")
        p.add(f"    pool_.submit({f}, {first}{at.id}, {at.secret}).result()")
    elif kind == "spread" and "/" not in marks:
        p.add(
            f'conf_{f} = {{"key": {at.id}, "secret": {at.secret}, "n": 2}}'
            if "*n" not in marks
            else f"conf_{f} = dict(key={at.id}, secret={at.secret})"
        )
        p.add(f"{f}(**conf_{f})")
        if p.pick(True, False):
            p.add(
                str(
                    p.pick(
                        f"print(len(conf_{f}))",
                        f'print(conf_{f}.get("n"))',
                        f"for one_ in conf_{f}:\n    pass",
                        f'print("key" in conf_{f})',
                    )
                )
            )
    elif kind == "star":
        p.add(f"{f}({first}*({at.id}, {at.secret}))")
    else:
        p.add(f"row_{f} = ({first}{at.id}, {at.secret})", f"{f}(*row_{f})")
        if p.pick(True, False):
            p.add(str(p.pick(f"print(len(row_{f}))", f"{f}(*row_{f})", f"last_ = row_{f}[-1]", f"for one_ in row_{f}:\n    pass")))


SINKS = (
    sign_client,
    sign_guarded,
    sign_record,
    sign_client,
    sign_session,
    sign_override,
    sign_splat,
    sign_in_function,
    sign_default,
    sign_table,
    sign_environment,
    sign_where_given,
    sign_where_given,
    sign_later,
    sign_later,
)

LEAKS = ("print({id}[:4])", "seen = [{id}]", "assert {id}", "n = len({secret})", "text = f'x {{{id}}}'", "if {id}:\n    pass")


@st.composite
def programs(draw: st.DrawFn) -> dict[str, str]:
    """File name to text; `main.py` is what runs."""
    p = Program(draw)
    for _ in range(draw(st.integers(1, 3))):
        at = literal(p, draw(st.sampled_from(list(KEYS))))
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.sampled_from(CARRIERS))(p, at)
        if draw(st.integers(0, 9)) == 0:
            p.lines += draw(st.sampled_from(LEAKS)).format(id=at.id, secret=at.secret).splitlines()
        draw(st.sampled_from(SINKS))(p, at)
        if draw(st.integers(0, 3)) == 0:
            draw(st.sampled_from(SINKS))(p, at)
        if draw(st.integers(0, 5)) == 0:
            p.add('boto3.client("ambient").go()')
    files = {"main.py": "\n".join(p.lines) + "\n"}
    if p.module:
        files["keyring_.py"] = "\n".join(p.module) + "\n"
    return files
