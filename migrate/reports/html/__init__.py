"""The report as one HTML page for review: totals, filters, findings with advice, masked side-by-side diffs.

Nothing is loaded from anywhere: style and script stand in the page, and its Content-Security-Policy names them by their hashes. The
whole report is in the HTML and can be read and printed without the script, which adds filters, sorting, keys and the colour switch.
"""

from migrate.reports.html.review import render

__all__ = ["render"]
