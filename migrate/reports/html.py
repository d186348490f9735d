"""The report as html."""

from migrate.reports.view import View


def render(view: View) -> str:
    """The report."""
    return str(view)
