"""Classes whose annotations are the parameters of their constructor: dataclasses, attrs, pydantic, msgspec, named tuples."""

DATACLASSES = frozenset({"dataclasses.dataclass", "dataclasses.dataclass()", "attr.s", "attr.s()", "attr.define", "attrs.define", "attr.dataclass",
                         "attrs.define()", "attr.define()", "attrs.frozen", "attrs.frozen()", "attr.frozen", "pydantic.dataclasses.dataclass",
                         "pydantic.dataclasses.dataclass()"})  # fmt: skip
"""Decorators that make such a class."""
RECORDS = frozenset({"typing.NamedTuple", "pydantic.BaseModel", "pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseModel",
                     "pydantic.v1.BaseSettings", "msgspec.Struct"})  # fmt: skip
"""Bases that make such a class."""
MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel"})
"""Bases of models whose fields are given by name, and kept as they are where they are texts."""
SETTINGS = frozenset(
    {"pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"}
)
"""Bases whose fields the environment may fill."""
FIELDS_BY_PLACE = frozenset({"pydantic.Field", "pydantic.fields.Field", "attr.ib", "attr.attrib"})
"""What stands for a field in the body of a class, and takes the default as its first argument."""
FIELDS = FIELDS_BY_PLACE | {"dataclasses.field", "attr.field", "attrs.field"}
"""What stands for a field in the body of a class."""
REPLACING = frozenset({"dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve"})
"""Library calls that give a copy of an object with other fields."""
NAMESPACES = ("types.SimpleNamespace", "argparse.Namespace")
"""Classes whose objects have the attributes that they are given by name."""
WHOLE = frozenset({"dict", "model_dump", "json", "_asdict", "__dict__", "copy", "model_dump_json", "model_copy", "__annotations__", "_fields",
                   "model_fields", "__fields__", "__dataclass_fields__", "__match_args__", "__slots__", "_field_defaults"})  # fmt: skip
"""Attributes of an object or class that give all its fields at once."""
FROM_ROWS = frozenset({"_make", "_fields", "_field_defaults", "model_validate", "model_validate_json", "model_construct", "model_fields", "parse_obj",
                       "parse_raw", "from_orm", "construct", "__fields__", "__dataclass_fields__", "schema", "model_json_schema"})  # fmt: skip
"""Attributes of a class by which objects of it are made, or its fields listed, that is not seen in a call."""
