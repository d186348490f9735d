"""How each style of sink looks afterwards (`migrate.codemod.libraries.spec.Style`)."""

import ast
from typing import TYPE_CHECKING, Any

from migrate.codemod.cluster import Cluster, literal_text
from migrate.codemod.edits import Edits
from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, BoxRef, Const, Lib, Outside, Scope, Store, Text, Value
from migrate.codemod.names import identifiers, quoted, visible
from migrate.codemod.sinks import ROLES, Argument, Sink

if TYPE_CHECKING:
    from migrate.codemod.removal import Removal
    from migrate.codemod.rewrite import Mapping, Rewrite
    from migrate.codemod.uses import Uses

_SETTINGS_IDS = ("AWS_S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID")


class SinkShapes:
    """The part of the rewriter that knows what a call looks like with a profile."""

    interpreter: Interpreter
    mapping: "Mapping"
    uses: "Uses"
    readers: dict[Store, list[ast.AST]]

    def sink_edits(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool, converted: dict[Box, str]) -> None:
        """Plans the edits of one sink."""
        for a in sink.of(*ROLES):
            if a.node is not None and not (carry and a.role == "id"):
                removal.kill(a.node)
        match sink.takes.style:
            case "keyword" | "signer" | "options":
                self.keyword(sink, rewrite, removal, carry, converted)
            case "client":
                self.client(sink, rewrite, removal, carry, converted)
            case "credentials":
                self.credentials(sink, rewrite, removal, carry)
            case "statement":
                self.method(sink, rewrite, carry)
            case "environment":
                self.environment(sink, rewrite, removal, carry, converted)
            case _:
                self.stop(sink, "AWS203", "this call takes no profile")

    def stop(self, sink: Sink, code: str, message: str) -> None:
        """Gives up on a sink."""
        from migrate.codemod.rewrite import Blocked

        raise Blocked(sink.module, sink.call, code, message, "rewrite by hand")

    # -- the profile, as text

    def profile_text(self, sink: Sink, carry: bool, edits: Edits) -> str | None:
        """The expression that names the profile: a literal, or the expression that held the id. None for the default chain."""
        ids = [a for a in sink.of("id") if a.node is not None]
        if carry and ids:
            node = ids[0].node
            assert node is not None
            return edits.render(node)
        profiles = self.sink_profiles(sink)
        profile = next(iter(profiles)) if profiles else None
        if profile is None:
            return None
        like = edits.text
        for a in ids:
            if isinstance(a.node, ast.Constant):
                like = sink.module.source.code(a.node).lstrip("rRbBuUfF")
        return quoted(profile, like)

    def sink_profiles(self, sink: Sink) -> set[str | None]:
        """See `Rewriter.sink_profiles`."""
        raise NotImplementedError

    def session_name(self, sink: Sink, rewrite: "Rewrite", dotted: str = "boto3") -> str:
        """How the sink's file says `boto3.Session` (botocore's likewise), with an import where it has none."""
        scope = self.interpreter.scopes.get(sink.call) or sink.module.scope
        short = {"boto3": "Session", "aioboto3": "Session", "botocore.session": "Session", "aiobotocore.session": "AioSession"}[dotted]
        if name := visible(self.interpreter, scope, dotted):
            return f"{name}.{short}"
        if name := visible(self.interpreter, scope, f"{dotted}.{short}"):
            return name
        top = dotted.split(".")[0]
        if (name := visible(self.interpreter, scope, top)) and "." in dotted and self.imports_submodule(sink.module, dotted):
            return f"{name}.{dotted.split('.', 1)[1]}.{short}"
        if (name := visible(self.interpreter, sink.module.scope, dotted)) and scope is sink.module.scope:
            return f"{name}.{short}"
        if top in identifiers(sink.module) and not self.only_module(sink.module, top):
            self.stop(sink, "AWS202", f"the name `{top}` means something else in this file, so that no session can be made")
        line = f"import {dotted}"

        def add(e: Edits) -> None:
            e.imports.setdefault(line, []).append(sink.call)

        rewrite.add(sink.module, add)
        return f"{dotted}.{short}"

    def imports_submodule(self, module: Module, dotted: str) -> bool:
        """Does the file `import botocore.session` as a whole name?"""
        return any(
            isinstance(n, ast.Import) and any(a.name == dotted and not a.asname for a in n.names) for n in ast.walk(module.source.tree)
        )

    def only_module(self, module: Module, name: str) -> bool:
        """Does an identifier appear only within import statements (`from boto3 import client`) and attributes?"""
        for n in ast.walk(module.source.tree):
            if isinstance(n, ast.Name) and n.id == name:
                return False
            if isinstance(n, ast.alias) and (n.asname or n.name) == name:
                return False
            if isinstance(n, ast.arg | ast.FunctionDef | ast.ClassDef) and getattr(n, "arg", getattr(n, "name", "")) == name:
                return False
        return True

    @staticmethod
    def takes_converted(sink: Sink, converted: dict[Box, str]) -> bool:
        """Does the sink take a dict whose keys become a profile (in itself, or in one that is spread into it)?"""
        from migrate.codemod.rewrite import spread_of

        return any(b in converted for _, values in sink.boxes for v in values if isinstance(v, BoxRef) for b in (v.box, *spread_of(v.box)))

    # -- keyword, options, signer

    def explicit(self, sink: Sink) -> list[Argument]:
        """Credential arguments that are written in the call itself, in the order of the text."""
        found = [a for a in sink.of(*ROLES) if a.at is not None]
        return sorted(found, key=lambda a: sink.module.source.span(a.at).start)  # type: ignore[arg-type]

    def keyword(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool, converted: dict[Box, str]) -> None:
        """The same call with `profile=` in the place of the keys."""
        explicit = self.explicit(sink)
        name = sink.takes.profile
        signer = sink.takes.style == "signer"
        session = self.session_name(sink, rewrite, self.signer_library(sink)) if signer else ""

        def value(e: Edits) -> str | None:
            profile = self.profile_text(sink, carry, e)
            if not signer:
                return profile
            keyword = "profile" if "botocore" in session or session.endswith("AioSession") else "profile_name"
            return f"{session}({keyword}={profile}).get_credentials()" if profile else f"{session}().get_credentials()"

        if explicit:
            slot = next((a for a in explicit if a.role == "id"), explicit[0])
            self.name_positionals(sink, rewrite, {a.at for a in explicit})
            for a in explicit:
                if a is not slot or (self.mapping.chain and not signer):
                    self.drop(sink, a, rewrite)
            if not self.mapping.chain or signer:
                at = slot.at
                assert at is not None
                rewrite.add(sink.module, lambda e: e.replace_item(sink.call, at, f"{name}={value(e)}"), 1)
            return
        if self.takes_converted(sink, converted) or self.mapping.chain:
            return
        nested = [a for a in sink.of(*ROLES) if a.nested]
        if sink.takes.style == "options" or (nested and not any(k.arg in sink.takes.nested for k in sink.call.keywords)):
            self.nested_option(sink, rewrite, removal, carry)
            return
        self.add_keyword(sink, rewrite, lambda e: f"{name}={value(e)}")

    def signer_library(self, sink: Sink) -> str:
        """boto3, unless the file only knows botocore."""
        names = {a.name.split(".")[0] for n in ast.walk(sink.module.source.tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {(n.module or "").split(".")[0] for n in ast.walk(sink.module.source.tree) if isinstance(n, ast.ImportFrom)}
        return "botocore.session" if "botocore" in names and "boto3" not in names else "boto3"

    def nested_option(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool) -> None:
        """Keys in `client_kwargs` within `storage_options`: the inner dict's place is taken where nothing else is in it."""
        outer = [a for a in sink.arguments if a.name in sink.takes.nested and a.stores]
        inner = {a.box for a in sink.of(*ROLES) if a.nested and a.box is not None}
        if len(outer) != 1 or len(outer[0].stores) != 1 or carry or len(inner) != 1:
            self.stop(sink, "AWS202", "the keys stand in a dict within a dict")
        store, box = outer[0].stores[0], next(iter(inner))
        creds = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}
        if store.kind != "entry" or store.value is None or not isinstance(store.value, ast.Dict):
            self.stop(sink, "AWS202", "the keys stand in a dict within a dict")
        node, value = store.node, store.value
        assert isinstance(node, ast.expr) and value is not None
        text = quoted(sink.takes.profile, store.module.source.code(node))
        if box.keys() <= creds:
            rewrite.add(store.module, lambda e: e.replace(node, text))
            rewrite.add(store.module, lambda e: e.replace(value, self.profile_text(sink, False, e) or "None"), 1)
            removal.kill(value)
            removal.removed |= {s for stores in box.items.values() for s in stores}
        else:
            start = store.module.source.span(node)
            at = type(start)(start.start, start.start)
            rewrite.add(store.module, lambda e: e.replace_span(at, f"{text}: {self.profile_text(sink, False, e)}, "), 1)

    def add_keyword(self, sink: Sink, rewrite: "Rewrite", text: Any) -> None:
        """A keyword argument where the keys came in a dict: in the dict's place if that goes, else before it."""
        splat = next((k for k in sink.call.keywords if k.arg is None or k.arg in sink.takes.nested), None)
        if splat is None:
            self.stop(sink, "AWS202", "the keys reach this call in a way that is not followed")
        assert splat is not None

        def add(e: Edits) -> None:
            gone = e.items.get(sink.call, set())
            if splat in gone:
                gone.discard(splat)
                e.replace(splat, text(e))
            else:
                span = sink.module.source.span(splat)
                e.replace_span(type(span)(span.start, span.start), text(e) + ", ")

        rewrite.add(sink.module, add, 2)

    def name_positionals(self, sink: Sink, rewrite: "Rewrite", gone: set[Any]) -> None:
        """Arguments by position behind one that goes are passed by name."""
        behind = False
        for i, expr in enumerate(sink.positional):
            if expr in gone:
                behind = True
            elif behind:
                names = sink.takes.positional
                if i >= len(names) or isinstance(expr, ast.Starred):
                    self.stop(sink, "AWS202", "arguments by position follow the keys, and their names are not known")
                span = sink.module.source.span(expr)
                at, name = type(span)(span.start, span.start), names[i]
                rewrite.add(sink.module, lambda e, at=at, name=name: e.replace_span(at, f"{name}="))

    def drop(self, sink: Sink, a: Argument, rewrite: "Rewrite") -> None:
        """Takes one argument out."""
        at = a.at
        assert at is not None
        rewrite.add(sink.module, lambda e: e.remove_item(sink.call, at))

    # -- clients

    def client(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool, converted: dict[Box, str]) -> None:
        """`boto3.client(…)` becomes `boto3.Session(profile_name=…).client(…)`; another session's client likewise, with its region."""
        explicit = self.explicit(sink)
        self.name_positionals(sink, rewrite, {a.at for a in explicit})
        for a in explicit:
            self.drop(sink, a, rewrite)
        if self.mapping.chain and not self.own_session(sink):
            return
        splat = None
        if self.takes_converted(sink, converted):
            splat = next(k for k in sink.call.keywords if k.arg is None)
            k = splat
            rewrite.add(sink.module, lambda e: e.remove_item(sink.call, k))
        library = sink.callee.split(".")[0]
        if self.construct(sink, rewrite, removal, carry, splat is not None):
            return
        dotted = {"boto3": "boto3", "aioboto3": "aioboto3", "botocore": "botocore.session", "aiobotocore": "aiobotocore.session"}[library]
        function = sink.function
        method = sink.callee.rsplit(".", 1)[1]
        receiver = function.value if isinstance(function, ast.Attribute) else None
        on_module = receiver is not None and any(isinstance(v, Lib) and v.name == library for v in self.interpreter.values_of(receiver))
        session = None if on_module else self.session_name(sink, rewrite, dotted)
        region = self.session_region(sink, receiver if not on_module else None)
        if not on_module:
            removal.kill(function if region is None else ast.Pass())
            if region is not None or receiver is None:
                removal.kill(function)

        def compose(e: Edits) -> None:
            made = f"{e.render(receiver)}.Session" if on_module and receiver is not None else session
            inside = f"**{e.render(splat.value)}" if splat is not None else f"{sink.takes.profile}={self.profile_text(sink, carry, e)}"
            if self.mapping.chain:
                inside = ""
            if region:
                inside += (", " if inside else "") + region
            e.replace(function, f"{made}({inside}).{method}")

        rewrite.add(sink.module, compose, 1)

    def own_session(self, sink: Sink) -> bool:
        """Is the client made by a session that has credentials of its own?"""
        return "Session()" in sink.callee

    def session_region(self, sink: Sink, receiver: ast.expr | None) -> str | None:
        """The region that the old session would have given, where the call names none."""
        named = [v for a in sink.named("region_name") for v in a.values]
        if receiver is None:
            if not named and (node := self.default_session_region(sink)) is not None:
                return node
            return None
        if named and Const(None) not in named:
            return None
        if sink.callee.startswith(("boto3", "aioboto3")):
            if not isinstance(receiver, ast.Name | ast.Attribute):
                self.stop(sink, "AWS202", "the session that makes this client is made by a call, and its region is not known")
            return f"region_name={sink.module.source.code(receiver)}.region_name"
        if isinstance(receiver, ast.Call) and not receiver.args and not receiver.keywords:
            return None
        self.stop(sink, "AWS202", "the session that makes this client may have a region of its own")
        return None

    def default_session_region(self, sink: Sink) -> str | None:
        """The region that `setup_default_session` gave to clients that name none."""
        for call, functions in self.interpreter.invoked.items():
            if any(isinstance(f, Lib) and f.name.endswith("setup_default_session") for f in functions):
                for k in call.keywords:
                    if k.arg == "region_name":
                        values = self.interpreter.values_of(k.value)
                        if len(values) == 1 and isinstance(v := next(iter(values)), Text):
                            return f"region_name={quoted(v.text, sink.module.source.text)}"
                        self.stop(sink, "AWS202", "the default session's region is not known here")
        return None

    def construct(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool, splat: bool) -> bool:
        """Puts the profile where the session is made, if that session serves nothing else."""
        if splat or carry or self.mapping.chain or not self.own_session(sink) or not isinstance(sink.function, ast.Attribute):
            return False
        receiver = sink.function.value
        maker: ast.expr | None = receiver
        home = sink.module
        if isinstance(receiver, ast.Name | ast.Attribute):
            stores = self.interpreter.reads(receiver)
            if len(stores) != 1 or (s := next(iter(stores))).kind != "assign" or s.value is None:
                return False
            readers = self.readers.get(s, [])
            profile = self.sink_profiles(sink)
            others = {x.function.value: x for x in rewrite.cluster.sinks if isinstance(x.function, ast.Attribute)}
            for n in readers:
                if n not in others or self.sink_profiles(others[n]) != profile:  # type: ignore[index]
                    return False
            maker, home = s.value, s.module
        if not isinstance(maker, ast.Call):
            return False
        if any(k.arg is None or k.arg == sink.takes.profile or k.arg.startswith("aws_") for k in maker.keywords):
            return False
        if sink.takes.profile == "profile_name" and maker.args:
            return False
        function = maker.func
        names = {v.name for v in self.interpreter.values_of(function) if isinstance(v, Lib)}
        key = ("construct", maker)
        if key in rewrite_marks(rewrite):
            return True
        plain = isinstance(function, ast.Attribute | ast.Name) and "get_session" not in home.source.code(function)
        if not plain and isinstance(function, ast.Name) and not maker.args and not maker.keywords:
            short = "AioSession" if any("aiobotocore" in n for n in names) else "Session"
            imported = self.interpreter.reads(function)
            if len(imported) != 1 or short in identifiers(home):
                return False
            one = next(iter(imported))
            if not isinstance(one.node, ast.alias) or one.node.asname or one.module is not home or self.readers.get(one) != [function]:
                return False
            alias = one.node
            rewrite.add(home, lambda e: e.replace(alias, short))
            rewrite.add(home, lambda e: e.replace(function, short))
        elif not plain:
            if not isinstance(function, ast.Attribute) or maker.args or maker.keywords:
                return False
            short = "AioSession" if any("aiobotocore" in n for n in names) else "Session"
            span = home.source.span(function)
            at = type(span)(span.end - len(function.attr), span.end)
            if home.source.code(function.value).split(".")[-1] not in ("session",) and not any(
                n.endswith("session.Session") or n.endswith("AioSession") for n in names
            ):
                return False
            if not any(isinstance(v, Lib) and v.name.endswith(".session") for v in self.interpreter.values_of(function.value)):
                return False
            rewrite.add(home, lambda e: e.replace_span(at, short))
        rewrite_marks(rewrite).add(key)
        close = home.source.span(maker).end - 1
        empty = not maker.args and not maker.keywords
        at_end = type(home.source.span(maker))(close, close)
        last = [*maker.args, *[k for k in maker.keywords]]

        def add(e: Edits) -> None:
            text = f"{sink.takes.profile}={self.profile_text(sink, carry, e)}"
            if empty:
                e.replace_span(at_end, text)
            else:
                end = max(home.source.span(x).end for x in last)
                spot = type(at_end)(end, end)
                e.replace_span(spot, f", {text}")

        rewrite.add(home, add, 1)
        return True

    # -- credentials, methods

    def credentials(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool) -> None:
        """`Credentials(KEY, SECRET)` becomes the credentials of a session."""
        dotted = self.signer_library(sink)
        session = self.session_name(sink, rewrite, dotted)
        keyword = "profile" if dotted == "botocore.session" else "profile_name"
        frozen = ".get_frozen_credentials()" if sink.callee.endswith("ReadOnlyCredentials") else ""
        removal.kill(sink.function)

        def compose(e: Edits) -> None:
            profile = self.profile_text(sink, carry, e)
            inside = f"{keyword}={profile}" if profile else ""
            e.replace(sink.call, f"{session}({inside}).get_credentials(){frozen}")

        rewrite.add(sink.module, compose, 1)

    def method(self, sink: Sink, rewrite: "Rewrite", carry: bool) -> None:
        """`session.set_credentials(…)` becomes another method of the same object."""
        function = sink.function
        statement = sink.module.source.parents.get(sink.call)
        if not isinstance(function, ast.Attribute) or not isinstance(statement, ast.Expr):
            self.stop(sink, "AWS202", "the keys reach this call in a way that is not followed")
        assert isinstance(function, ast.Attribute) and isinstance(statement, ast.Expr)
        if self.mapping.chain:
            rewrite.add(sink.module, lambda e: e.remove_statement(statement))
            return

        def compose(e: Edits) -> None:
            profile = self.profile_text(sink, carry, e) or "None"
            e.replace(sink.call, f"{e.render(function.value)}.{sink.takes.profile.format(profile)}")

        rewrite.add(sink.module, compose, 1)

    def environment(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool, converted: dict[Box, str]) -> None:
        """AWS_PROFILE is set where the keys were; keys that the program was started with are taken out, as they were overwritten."""
        module, source = sink.module, sink.module.source
        if self.reads_environment():
            self.stop(sink, "AWS206", "the program reads these variables back elsewhere")
        like = source.text
        if isinstance(sink.call, ast.Call):  # update(…)
            if not (isinstance(source.parents.get(sink.call), ast.Expr)):
                self.stop(sink, "AWS202", "the answer of this call is used")
            statement = source.statement(sink.call)
            receiver = source.code(sink.function.value)  # type: ignore[attr-defined]
            names = [a.name for a in sink.of(*ROLES)]
            if not self.takes_converted(sink, converted):
                self.keyword(sink, rewrite, removal, carry, converted)
            lines = [f"{receiver}.pop({quoted(n, like)}, None)" for n in names]
            rewrite.add(module, lambda e: e.before[statement].extend(x for x in lines if x not in e.before[statement]))
            return
        for a in sink.of(*ROLES):
            statement = a.at  # type: ignore[assignment]
            assert isinstance(statement, ast.stmt) and a.node is not None
            target = statement.targets[0].value if isinstance(statement, ast.Assign) else statement.value.func.value  # type: ignore[attr-defined]
            receiver = source.code(target)
            soft = isinstance(statement, ast.Expr)
            pop = f"{receiver}.pop({quoted(a.name, like)}, None)"
            if self.mapping.chain:
                rewrite.add(module, lambda e, st=statement: e.remove_statement(st))
                continue
            if a.role == "id":
                indent = source.text[source.lines[statement.lineno - 1] : source.span(statement).start]
                indent = indent if not indent.strip() else ""

                def compose(
                    e: Edits, st: ast.stmt = statement, r: str = receiver, p: str = pop, i: str = indent, soft: bool = soft
                ) -> None:
                    line = f"{r}[{quoted('AWS_PROFILE', like)}] = {self.profile_text(sink, carry, e)}"
                    alone = bool(i) or source.span(st).start == source.lines[st.lineno - 1]
                    gap = e.newline() + i if alone else "; "
                    e.replace(st, line if soft else f"{p}{gap}{line}")

                rewrite.add(module, compose, 1)
            elif soft:
                rewrite.add(module, lambda e, st=statement: e.remove_statement(st))
            else:
                rewrite.add(module, lambda e, st=statement, p=pop: e.replace(st, p), 1)

    def reads_environment(self) -> bool:
        """Does the program look at the key variables itself?"""
        wanted = Outside("AWS_ACCESS_KEY_ID"), Outside("AWS_SECRET_ACCESS_KEY")
        for node, values in self.interpreter.all_nodes():
            if any(w in values for w in wanted) and not is_own_write(self.uses.homes, node):
                return True
        return False

    # -- keys that are only a default for something from outside

    def plan_fallback(self, cluster: Cluster, rewrite: "Rewrite", removal: "Removal") -> None:
        """`os.getenv("K", KEY)`: the default goes, what the environment says stays first, and the profile signs where it says nothing."""
        for sink in cluster.sinks:
            if not sink.takes.fallback or len(self.sink_profiles(sink)) != 1 or any(a.at is None for a in sink.of(*ROLES)):
                self.stop(sink, "AWS206", "the key is a default for a value from outside, and this call cannot take both")
            self.fallback_sink(sink, rewrite, removal)
        for s in cluster.stores:
            if any(isinstance(v, Outside) for v in s.values):
                removal.kept.add(s)
        for o in cluster.origins:
            self.drop_default(o.module, o.node, rewrite, removal)
        for s in cluster.stores - removal.kept:
            for n in self.readers.get(s, ()):
                home = self.uses.homes.get(n)
                if home is not None and not removal.dead(n):
                    self.drop_default(home, n, rewrite, removal)

    def fallback_sink(self, sink: Sink, rewrite: "Rewrite", removal: "Removal") -> None:
        """The call keeps its keys, which may be None now, and its session gets the profile."""
        if self.mapping.chain:
            return
        if sink.takes.style == "keyword":
            last = max(sink.module.source.span(x).end for x in [*sink.call.args, *sink.call.keywords])

            def add(e: Edits) -> None:
                span = type(sink.module.source.span(sink.call))(last, last)
                e.replace_span(span, f", {sink.takes.profile}={self.profile_text(sink, False, e)}")

            rewrite.add(sink.module, add, 1)
            return
        if self.own_session(sink) or sink.takes.style != "client":
            self.stop(sink, "AWS206", "the key is a default for a value from outside, and this session has credentials of its own")
        function = sink.function
        receiver = function.value if isinstance(function, ast.Attribute) else None
        library = sink.callee.split(".")[0]
        on_module = receiver is not None and any(isinstance(v, Lib) and v.name == library for v in self.interpreter.values_of(receiver))
        session = None if on_module else self.session_name(sink, rewrite, library)
        method = sink.callee.rsplit(".", 1)[1]

        def compose(e: Edits) -> None:
            made = f"{e.render(receiver)}.Session" if on_module and receiver is not None else session
            e.replace(function, f"{made}({sink.takes.profile}={self.profile_text(sink, False, e)}).{method}")

        rewrite.add(sink.module, compose, 1)

    def drop_default(self, module: Module, node: ast.AST, rewrite: "Rewrite", removal: "Removal") -> None:
        """Takes a literal out of `getenv(…, LITERAL)` or `… or LITERAL`."""
        if removal.dead(node):
            return
        parent = module.source.parents.get(node)
        if isinstance(parent, ast.keyword):
            call = module.source.parents.get(parent)
            if isinstance(call, ast.Call) and parent.arg == "default" and self.is_env(call):
                rewrite.add(module, lambda e: e.remove_item(call, parent))
                removal.kill(parent)
        elif isinstance(parent, ast.Call) and len(parent.args) == 2 and node is parent.args[1] and self.is_env(parent):
            rewrite.add(module, lambda e: e.remove_item(parent, node))
            removal.kill(node)
        elif isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or) and node is parent.values[-1] and len(parent.values) == 2:
            left = parent.values[0]
            rewrite.add(module, lambda e: e.replace(parent, e.render(left)), 1)
            removal.kill(node)

    def is_env(self, call: ast.Call) -> bool:
        """Is it a call that gives None where the environment has nothing?"""
        return any(
            isinstance(v, Lib)
            and (v.name in ("os.getenv", "os.environ.get") or (v.name.startswith("argparse.") and v.name.endswith("add_argument")))
            for v in self.interpreter.values_of(call.func)
        )

    # -- Django

    def settings(self, cluster: Cluster, rewrite: "Rewrite", removal: "Removal") -> None:
        """django-storages reads the settings module itself: the id's setting becomes AWS_S3_SESSION_PROFILE."""
        for s in cluster.stores:
            if s.name not in _SETTINGS_IDS or s.kind != "assign" or not isinstance(s.owner, Scope) or s.owner.kind != "module":
                continue
            if not is_settings(s.module):
                continue
            endpoint = s.module.scope.stores.get("AWS_S3_ENDPOINT_URL", [])
            if endpoint:
                from migrate.codemod.rewrite import Blocked

                raise Blocked(s.module, s.node, "AWS209", "the settings name an endpoint, which may not be AWS's", "decide by hand")
            values = {v for v in s.values if isinstance(v, Text)}
            profiles = {
                self.mapping.profile(v.text.strip()) for v in values if v.text.strip() in cluster.ids and v.text.strip() in self.mapping
            }
            if len(profiles) != 1:
                from migrate.codemod.rewrite import Blocked

                raise Blocked(
                    s.module,
                    s.node,
                    "AWS201",
                    "nothing says which profile takes the place of this key",
                    "name it: --map-key KEY_ID=PROFILE",
                )
            profile = next(iter(profiles))
            if profile is None or any(x.name == "AWS_S3_SESSION_PROFILE" for x in s.module.scope.stores.get("AWS_S3_SESSION_PROFILE", [])):
                continue
            if any(t.name in _SETTINGS_IDS and t is not s and t.name == _SETTINGS_IDS[0] for t in cluster.stores if t.owner is s.owner):
                continue
            statement = s.module.source.statement(s.node)
            if isinstance(statement, ast.Assign) and statement.targets == [s.node] or isinstance(statement, ast.AnnAssign):
                text = quoted(
                    profile,
                    s.module.source.code(statement.value).lstrip("rRbBuUfF")
                    if isinstance(statement.value, ast.Constant)
                    else s.module.source.text,
                )
                rewrite.add(s.module, lambda e, st=statement, t=text: e.replace(st, f"AWS_S3_SESSION_PROFILE = {t}"))
                for n in self.readers.get(s, ()):
                    if not removal.dead(n):
                        removal.block(s)
                removal.removed.add(s)
                removal.kill(statement)


def is_settings(module: Module) -> bool:
    """Is it a Django settings module that configures django-storages?"""
    text = module.source.text
    return ("INSTALLED_APPS" in text or "settings" in module.path.stem or "settings" in module.path.parent.name) and (
        "storages" in text or "AWS_STORAGE_BUCKET_NAME" in text
    )


def is_own_write(homes: dict[ast.AST, Module], node: ast.AST) -> bool:
    """Is it `os.environ.setdefault(…)` or `.pop(…)` as a statement, whose answer nobody takes?"""
    home = homes.get(node)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("setdefault", "pop")
        and home is not None
        and isinstance(home.source.parents.get(node), ast.Expr)
    )


def rewrite_marks(rewrite: "Rewrite") -> set[Any]:
    """What a rewrite has done once and need not do again."""
    return rewrite.marks


_ = (literal_text, BoxRef, Cluster)
Values = set[Value]
