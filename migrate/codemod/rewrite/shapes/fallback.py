"""Keys that are only a default for something from outside: the default goes, and the profile signs where nothing comes."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.edit.kinds import AppendArgument, Drop, InsertArgument, Pieces, Put
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Lib, Outside, in_order
from migrate.codemod.keys.cluster import Cluster
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries.spec import Role, Style

if TYPE_CHECKING:
    from migrate.codemod.rewrite.removal import Removal
    from migrate.codemod.rewrite.rewriter import Rewrite


from migrate.codemod.rewrite.shapes.clients import ClientShapes


class FallbackShapes(ClientShapes):
    """`os.getenv("K", KEY)`, `… or KEY`, argparse defaults."""

    def plan_fallback(self, cluster: Cluster, rewrite: "Rewrite", removal: "Removal") -> None:
        """`os.getenv("K", KEY)`: the default goes, what the environment says stays first, and the profile signs where it says nothing."""
        for sink in cluster.sinks:
            if not sink.takes.fallback or len(self.sink_profiles(sink)) != 1 or any(a.at is None for a in sink.of(*ROLES)):
                self.stop(sink, "AWS206", "the key is a fallback for an outside value, and this call cannot accept both")
            self.check_beside(sink)
            if sink.of(Role.PROFILE):
                self.stop(sink, "AWS206", "the key is a fallback for an outside value, and this call already names a profile")
            self.fallback_sink(sink, rewrite, removal)
        for s in in_order(cluster.stores):
            if any(isinstance(v, Outside) for v in s.values):
                removal.kept.add(s)
        kept = {(s.owner, s.name) for s in self.interpreter.stores() if any(isinstance(v, Outside) for v in s.values)}
        for s in in_order(cluster.stores - removal.kept):
            if (s.owner, s.name) in kept and s.value in {o.node for o in cluster.origins}:
                removal.kept.add(s)  # `KEY = "AKIA…"` on one branch, and the environment on the other
                self.to_none(s.module, s.value, rewrite, removal)
        for o in in_order(cluster.origins):
            self.drop_default(o.module, o.node, rewrite, removal)
        for s in in_order(cluster.stores - removal.kept):
            for n in self.readers.get(s, ()):
                home = self.uses.homes.get(n)
                if home is not None and not removal.dead(n):
                    self.drop_default(home, n, rewrite, removal)

    def to_none(self, module: Module, node: ast.AST | None, rewrite: "Rewrite", removal: "Removal") -> None:
        """Put None in the place of a literal: where it is read, the profile signs."""
        assert node is not None
        rewrite.add(module, Put(node, ("None",)))
        removal.kill(node)

    def guarded(self, sink: Sink) -> Pieces:
        """Return the expression that names the profile only where no id came from outside."""
        written = next(a.node for a in sink.of(Role.KEY_ID) if a.node is not None)
        said: Pieces = (written,)
        source = sink.module.source
        if isinstance(written, ast.Call) and len(written.args) == 2:
            said = (f"{source.code(written.func)}({source.code(written.args[0])})",)
        elif isinstance(written, ast.BoolOp):
            said = (f"({source.code(written.values[0])} or None)",)
        return (*(self.profile_code(sink, False) or ("None",)), " if ", *said, " is None else None")

    def fallback_sink(self, sink: Sink, rewrite: "Rewrite", removal: "Removal") -> None:
        """The call keeps its keys, which may be None now, and its session gets the profile."""
        if self.mapping.chain:
            return
        if sink.takes.style is Style.KEYWORD:
            source = sink.module.source
            first = next((a.at for a in self.explicit(sink)), None)
            behind = source.span(first).start if first is not None else 0
            line = source.text[source.lines[source.line_of(behind) - 1] : behind]
            if isinstance(first, ast.keyword) and not line.strip() and all(source.span(x).start < behind for x in sink.call.args):
                rewrite.add(sink.module, InsertArgument(sink.call, first, (f"{sink.takes.profile}=", *self.guarded(sink)), line=True))
            else:
                rewrite.add(sink.module, AppendArgument(sink.call, (f"{sink.takes.profile}=", *self.guarded(sink))))
            return
        if self.own_session(sink) or sink.takes.style is not Style.CLIENT:
            self.stop(sink, "AWS206", "the key is a fallback for an outside value, and this session has its own credentials")
        function = sink.function
        receiver = function.value if isinstance(function, ast.Attribute) else None
        library = sink.callee.split(".")[0]
        on_module = receiver is not None and any(isinstance(v, Lib) and v.name == library for v in self.interpreter.values_of(receiver))
        session = None if on_module else self.session_name(sink, rewrite, library)
        method = sink.callee.rsplit(".", 1)[1]
        made: Pieces = (receiver, ".Session") if on_module and receiver is not None else (str(session),)
        rewrite.add(sink.module, Put(function, (*made, f"({sink.takes.profile}=", *self.guarded(sink), f").{method}")))

    def drop_default(self, module: Module, node: ast.AST, rewrite: "Rewrite", removal: "Removal") -> None:
        """Takes a literal out of `getenv(…, LITERAL)` or `… or LITERAL`."""
        if removal.dead(node):
            return
        parent = module.source.parents.get(node)
        if isinstance(parent, ast.keyword):
            call = module.source.parents.get(parent)
            if isinstance(call, ast.Call) and parent.arg == "default" and self.is_env(call):
                rewrite.add(module, Drop(call, parent))
                removal.kill(parent)
        elif isinstance(parent, ast.Call) and len(parent.args) == 2 and node is parent.args[1] and self.is_env(parent):
            rewrite.add(module, Drop(parent, node))
            removal.kill(node)
        elif isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or) and node is parent.values[-1] and len(parent.values) == 2:
            self.to_none(module, node, rewrite, removal)  # an empty text stays a missing one, and `client()` would sign with it
        elif isinstance(parent, ast.IfExp) and node is not parent.test:
            self.to_none(module, node, rewrite, removal)

    def is_env(self, call: ast.Call) -> bool:
        """Is it a call that gives None where the environment has nothing?"""
        return any(
            isinstance(v, Lib)
            and (
                v.name in ("os.getenv", "os.environ.get", "click.option")
                or (v.name.startswith("argparse.") and v.name.endswith("add_argument"))
            )
            for v in self.interpreter.values_of(call.func)
        )
