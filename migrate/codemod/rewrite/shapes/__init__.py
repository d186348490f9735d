"""How each style of sink looks afterwards (`migrate.codemod.libraries.spec.Style`)."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.edit.kinds import DropStatement, InsertEntry, Pieces, Put, PutArgument, SupplyArgument
from migrate.codemod.flow.values import Box, StoreKind
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries.spec import Role, Style
from migrate.codemod.rewrite.names import quoted
from migrate.codemod.rewrite.shapes.fallback import FallbackShapes
from migrate.codemod.rewrite.shapes.surroundings import SurroundingShapes, is_settings

if TYPE_CHECKING:
    from migrate.codemod.rewrite.removal import Removal
    from migrate.codemod.rewrite.rewriter import Rewrite


class SinkShapes(FallbackShapes, SurroundingShapes):
    """The part of the rewriter that knows what a call looks like with a profile."""

    def sink_edits(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool, converted: dict[Box, str]) -> None:
        """Plans the edits of one sink."""
        self.check_beside(sink)
        if sink.takes.style in (Style.KEYWORD, Style.SIGNER):
            self.drop_empty_profile(sink, rewrite)
        for a in sink.of(*ROLES):
            if a.node is not None and not (carry and a.role is Role.KEY_ID):
                removal.kill(a.node)
        match sink.takes.style:
            case Style.KEYWORD | Style.SIGNER | Style.OPTIONS:
                self.keyword(sink, rewrite, removal, carry, converted)
            case Style.CLIENT:
                self.client(sink, rewrite, removal, carry, converted)
            case Style.CREDENTIALS:
                self.credentials(sink, rewrite, removal, carry)
            case Style.STATEMENT:
                self.method(sink, rewrite, carry)
            case Style.ENVIRONMENT:
                self.environment(sink, rewrite, removal, carry, converted)
            case _:
                self.stop(sink, "AWS203", "this call does not accept a profile")

    def keyword(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool, converted: dict[Box, str]) -> None:
        """The same call with `profile=` in the place of the keys."""
        explicit = self.explicit(sink)
        name = sink.takes.profile
        signer = sink.takes.style is Style.SIGNER
        session = self.session_name(sink, rewrite, self.signer_library(sink)) if signer else ""

        value = self.profile_code(sink, carry) or ("None",)
        if signer:
            keyword = "profile" if "botocore" in session or session.endswith("AioSession") else "profile_name"
            given = (f"{keyword}=", *value) if self.profile_code(sink, carry) else ()
            value = (f"{session}(", *given, ").get_credentials()")
        if explicit:
            slot = next((a for a in explicit if a.role is Role.KEY_ID), explicit[0])
            self.name_positionals(sink, rewrite, {a.at for a in explicit})
            for a in explicit:
                if a is not slot or (self.mapping.chain and not signer):
                    self.drop(sink, a, rewrite)
            if not self.mapping.chain or signer:
                at = slot.at
                assert at is not None
                rewrite.add(sink.module, PutArgument(sink.call, at, (f"{name}=", *value)))
            return
        if self.takes_converted(sink, converted) or self.mapping.chain:
            return
        nested = [a for a in sink.of(*ROLES) if a.nested]
        if sink.takes.style is Style.OPTIONS or (nested and not any(k.arg in sink.takes.nested for k in sink.call.keywords)):
            self.nested_option(sink, rewrite, removal, carry)
            return
        self.add_keyword(sink, rewrite, (f"{name}=", *value))

    def nested_option(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool) -> None:
        """Keys in `client_kwargs` within `storage_options`: the inner dict's place is taken where nothing else is in it."""
        outer = [a for a in sink.arguments if a.name in sink.takes.nested and a.stores]
        inner = {a.box for a in sink.of(*ROLES) if a.nested and a.box is not None}
        if len(outer) != 1 or len(outer[0].stores) != 1 or carry or len(inner) != 1:
            self.stop(sink, "AWS202", "the keys are in a nested dict")
        store, box = outer[0].stores[0], next(iter(inner))
        creds = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}
        if store.kind is not StoreKind.ENTRY or store.value is None or not isinstance(store.value, ast.Dict):
            self.stop(sink, "AWS202", "the keys are in a nested dict")
        node, value = store.node, store.value
        assert isinstance(node, ast.expr) and value is not None
        text = quoted(sink.takes.profile, store.module.source.code(node))
        if box.keys() <= creds:
            rewrite.add(store.module, Put(node, (text,)))
            rewrite.add(store.module, Put(value, self.profile_code(sink, False) or ("None",)))
            removal.kill(value)
            removal.kept.add(store)
            removal.removed |= {s for stores in box.items.values() for s in stores}
        else:
            around = store.module.source.parents[node]
            assert isinstance(around, ast.Dict)
            rewrite.add(store.module, InsertEntry(around, value, (f"{text}: ", *(self.profile_code(sink, False) or ("None",)))))

    def add_keyword(self, sink: Sink, rewrite: "Rewrite", code: Pieces) -> None:
        """A keyword argument where the keys came in a dict: in the dict's place if that goes, else before it."""
        splat = next((k for k in sink.call.keywords if k.arg is None or k.arg in sink.takes.nested), None)
        if splat is None:
            self.stop(sink, "AWS202", "the keys reach this call in a way that cannot be traced")
        assert splat is not None
        rewrite.add(sink.module, SupplyArgument(sink.call, splat, code))

    def credentials(self, sink: Sink, rewrite: "Rewrite", removal: "Removal", carry: bool) -> None:
        """`Credentials(KEY, SECRET)` becomes the credentials of a session."""
        dotted = self.signer_library(sink)
        session = self.session_name(sink, rewrite, dotted)
        keyword = "profile" if dotted == "botocore.session" else "profile_name"
        frozen = ".get_frozen_credentials()" if sink.callee.endswith("ReadOnlyCredentials") else ""
        removal.kill(sink.function)

        profile = self.profile_code(sink, carry)
        inside = (f"{keyword}=", *profile) if profile else ()
        rewrite.add(sink.module, Put(sink.call, (f"{session}(", *inside, f").get_credentials(){frozen}")))

    def method(self, sink: Sink, rewrite: "Rewrite", carry: bool) -> None:
        """`session.set_credentials(…)` becomes another method of the same object."""
        function = sink.function
        statement = sink.module.source.parents.get(sink.call)
        if not isinstance(function, ast.Attribute) or not isinstance(statement, ast.Expr):
            self.stop(sink, "AWS202", "the keys reach this call in a way that cannot be traced")
        assert isinstance(function, ast.Attribute) and isinstance(statement, ast.Expr)
        if self.mapping.chain:
            rewrite.add(sink.module, DropStatement(statement))
            return
        before, _, behind = sink.takes.profile.partition("{}")
        profile = self.profile_code(sink, carry) or ("None",)
        rewrite.add(sink.module, Put(sink.call, (function.value, f".{before}", *profile, behind)))


__all__ = ["SinkShapes", "is_settings"]
