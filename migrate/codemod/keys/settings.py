"""Settings that a framework reads by itself: the `STORAGES` of Django, whose OPTIONS django-storages takes as its arguments."""

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import BoxKind
from migrate.codemod.flow.values import Box, BoxRef, Text
from migrate.codemod.keys.sinks import Sink, add_entries
from migrate.codemod.libraries import by_callee
from migrate.codemod.libraries.spec import Role


def find_settings(interpreter: Interpreter) -> list[Sink]:
    """Return each dict with a BACKEND of django-storages' S3 and OPTIONS that hold keys."""
    spec = by_callee()["storages.backends.s3.S3Storage"]
    sinks: list[Sink] = []
    for box in list(interpreter.boxes()):
        if box.kind is not BoxKind.DICT or not is_s3(box):
            continue
        for store in box.at("OPTIONS"):
            for v in store.values:
                if isinstance(v, BoxRef) and store.value is not None:
                    sink = Sink(store.module, store.value, "storages.backends.s3.S3Storage", spec, store.value, [])  # type: ignore[arg-type]
                    sink.boxes.append((store.value, {v}))
                    add_entries(interpreter, sink, v.box)
                    if sink.of(Role.KEY_ID, Role.SECRET):
                        sinks.append(sink)
    return sinks


def is_s3(box: Box) -> bool:
    """Return whether the BACKEND of a dict names django-storages' S3."""
    return any(isinstance(v, Text) and v.text.startswith("storages.backends.s3") for s in box.at("BACKEND") for v in s.values)
