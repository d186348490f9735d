"""YAML files: PyYAML's marks say where each entry stands. Anchors, tags and several documents are left alone."""

import re
from typing import Any

from migrate.codemod.data.formats.entries import Entry, Format, Odd, line_extent

_LARGEST = 1 << 20
_PLAIN = re.compile(r"[A-Za-z_][\w.@+/-]*", re.ASCII)
_NO_STRINGS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"}


def _composed(text: str) -> Any:
    import yaml

    if len(text) > _LARGEST:
        raise Odd("it is larger than 1 MiB")
    try:
        if any(isinstance(e, yaml.AliasEvent) or getattr(e, "anchor", None) for e in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise Odd("it has anchors, which other entries may share")
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise Odd("it is not a single YAML document") from None


def entries(text: str) -> list[Entry]:
    """The entries that are plain or quoted texts on a line of their own. Raises Odd for what is no YAML."""
    import yaml

    load(text)
    out: list[Entry] = []

    def walk(node: Any, path: tuple[str, ...]) -> None:
        if isinstance(node, yaml.SequenceNode) and not node.flow_style:
            for n, item in enumerate(node.value):
                walk(item, (*path, f"[{n}]"))
            return
        if not isinstance(node, yaml.MappingNode) or node.flow_style:
            return
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.style in ("|", ">"):
                continue
            here = (*path, str(key.value))
            if isinstance(value, yaml.CollectionNode):
                walk(value, here)
            elif isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">"):
                start, end = key.start_mark.index, value.end_mark.index
                whole = line_extent(text, start, end)
                if "\n" in text[start:end] or "\r" in text[start:end] or text[whole[0] : start].strip(" \t-"):
                    continue  # broken over lines
                if text[whole[0] : start].strip():
                    whole = (start, start)  # beside a `-`: it can be renamed, and cannot go
                out.append(Entry(here, str(value.value), (start, key.end_mark.index), (value.start_mark.index, end), whole))

    walk(_composed(text), ())
    return out


def load(text: str) -> Any:
    """The mapping or list. Raises Odd for what is none, and where a key stands twice."""
    import yaml

    def once(node: Any) -> None:
        if isinstance(node, yaml.MappingNode):
            names = [k.value for k, _ in node.value if isinstance(k, yaml.ScalarNode)]
            if len(set(names)) != len(names):
                raise Odd("a name appears twice in it")
        for child in getattr(node, "value", ()) if isinstance(node, yaml.CollectionNode) else ():
            for one in child if isinstance(child, tuple) else (child,):
                once(one)

    once(_composed(text))
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise Odd("it is not plain YAML") from None
    if not isinstance(data, dict | list):
        raise Odd("it is neither a mapping nor a list")
    return data


def _spell(value: str, like: str) -> str:
    if like[:1] in ("'", '"'):
        if like[0] in value or "\\" in value:
            raise Odd("the profile's name cannot be written there")
        return f"{like[0]}{value}{like[0]}"
    if _PLAIN.fullmatch(value) and value.lower() not in _NO_STRINGS:
        return value
    if "'" in value:
        raise Odd("the profile's name cannot be written there")
    return f"'{value}'"


YAML = Format("YAML", entries, load, lambda key, like: _spell(key, like), _spell)
