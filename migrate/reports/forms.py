"""The forms of `--format` for programs, by name."""

from migrate.reports.view import View

DOCUMENTS = ("json", "sarif", "github", "gitlab")


def document(form: str, view: View, extra: dict[str, object] | None = None) -> str:
    """Return the view as one document. `extra` are fields of JSON that only one command has."""
    if form == "json":
        from migrate.reports import json

        return json.render(view, extra)
    if form == "sarif":
        from migrate.reports import sarif

        return sarif.render(view)
    from migrate.reports import annotations

    return annotations.github(view) if form == "github" else annotations.gitlab(view)
