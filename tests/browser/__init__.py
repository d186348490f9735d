"""The HTML reports in a real browser: Chromium, without a screen."""
