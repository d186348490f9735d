"""Frameworks that hand values to a program or take them from it: Flask, Django, click, argparse, mocks."""

FLASK_APPLICATION = "flask.Flask()"
FLASK_SETTINGS = frozenset({f"{FLASK_APPLICATION}.config", "flask.current_app.config"})
"""The settings of an application (https://flask.palletsprojects.com/en/stable/config/)."""
FLASK_OPAQUE = ("from_pyfile", "from_envvar", "from_prefixed_env", "from_file", "from_json")
"""Methods that fill the settings from what is not followed."""
FLASK_ADDING = frozenset({"from_object", "from_mapping", *FLASK_OPAQUE})
"""Methods of the settings beside those of a dict."""

DJANGO_LISTS = ("_APPS", "MIDDLEWARE", "MIDDLEWARE_CLASSES")
"""How the names of settings end that list modules or classes."""
TAKING_MODULES = frozenset({"from_object", "config_from_object", "from_pyfile", "import_string", "from_mapping"})
"""Methods that take all names of a module that they are given, or told by a text."""
OVERRIDING = frozenset({"override_settings", "modify_settings", "settings", "multiple", "configure", "override"})
"""Calls whose keywords are names of settings or attributes that they set: django.test, django.conf.settings.configure, mock.patch.multiple."""

CLICK_COMMANDS = frozenset({"click.command()", "click.group()"})
CLICK_BESIDE = frozenset({"click.option()", "click.argument()", "click.version_option()", "click.pass_context", "click.help_option()"})
"""Decorators of a command beside those (https://click.palletsprojects.com/en/stable/options/)."""
CLICK_PLAIN = frozenset({"default", "help", "metavar", "hidden", "envvar", "required", "type"})
"""Keywords of an option under which its default is what the function gets where nothing is given."""
CLICK_TEXTS = frozenset({"builtins.str", "click.STRING"})
"""Types of an option that leave a text as it is."""
CLICK_WHOLE = ("params", "default_map", "auto_envvar_prefix", "get_default", "to_info_dict", "forward", "make_context")
"""Attributes of commands and contexts by which the parameters of one, or their defaults, are read or handed on as a whole."""
CLICK_SHOWN = frozenset({"show_default", "default_map", "prompt", "context_settings", "auto_envvar_prefix"})
"""Keywords under which a default is shown, or comes from elsewhere."""

ARGPARSE_PARSER = frozenset({"add_argument", "add_argument_group", "add_subparsers", "add_parser", "add_mutually_exclusive_group", "parse_args",
                             "parse_known_args", "set_defaults", "error", "print_help", "print_usage", "exit"})  # fmt: skip
"""What may be asked of a parser without its defaults being seen."""
