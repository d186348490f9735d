"""A Chromium without a screen, driven by its own driver (Debian: `chromium`, `chromium-driver`)."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "needs Chromium and its driver: apt-get install chromium chromium-driver, and pip install 'aws-sso-migrate[test]'"


class Tab:
    """The browser's one tab, in words of a user: what is seen, what is typed."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path | str) -> None:
        """Opens a file and forgets what was logged before."""
        self.command("Emulation.clearDeviceMetricsOverride")
        self.command("Emulation.setEmulatedMedia", media="", features=[])
        self.command("Emulation.setScriptExecutionDisabled", value=False)
        self.driver.get("about:blank")
        self.driver.get_log("browser"), self.driver.get_log("performance")
        address = page.as_uri() if isinstance(page, Path) else page
        self.driver.get(address)
        for _ in range(600):  # on a busy machine the driver may come back before the page is whole
            if self.js("return document.readyState === 'complete' && document.URL.startsWith(arguments[0])", address):
                return
            time.sleep(0.05)
        raise AssertionError(f"{address} was not loaded")

    def command(self, name: str, **values: Any) -> Any:
        """A command of the Chrome DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, values)

    def js(self, code: str, *values: Any) -> Any:
        """What a function's body gives in the page."""
        return self.driver.execute_script(code, *values)

    def keys(self, *keys: str) -> None:
        """Typed one after the other, wherever the focus is; then the page has had time to draw."""
        from selenium.webdriver.common.action_chains import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()
        self.settle()

    def settle(self) -> None:
        """Waits until the page has drawn what was asked of it."""
        self.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(arguments[0])))")

    def choose(self, identifier: str, start: str) -> None:
        """Chooses the option that starts so."""
        self.js(
            "const s = document.getElementById(arguments[0]); s.value = [...s.options].find(o => o.text.startsWith(arguments[1])).value;"
            "s.dispatchEvent(new Event('input', {bubbles: true})); s.dispatchEvent(new Event('change', {bubbles: true}))",
            identifier,
            start,
        )
        self.settle()

    def search(self, words: str) -> None:
        """Types into the search."""
        self.keys("/")
        self.js("document.getElementById('search').value = ''")
        self.keys(*words)
        self.keys("\ue00c")  # Escape

    def shown(self, selector: str) -> list[str]:
        """The texts of those that are not filtered away."""
        return self.js(
            "return [...document.querySelectorAll(arguments[0])].filter(e => !e.closest('[hidden]')).map(e => e.textContent)", selector
        )

    def seen(self, selector: str) -> list[str]:
        """The texts of those that take room on the page."""
        return self.js(
            "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).map(e => e.innerText)", selector
        )

    def click(self, selector: str) -> None:
        """Clicks the first that matches."""
        self.js("document.querySelector(arguments[0]).click()", selector)
        self.settle()

    def narrow(self, width: int) -> None:
        """A small screen."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=True)
        self.settle()

    def prefer(self, scheme: str) -> None:
        """The system's colours: light or dark."""
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.settle()

    def requests(self) -> list[str]:
        """Every address that was asked for since the page was opened, the page itself included."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """Errors and warnings in the console."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The driver; without Chromium the tests are skipped, or fail where AWS_SSO_MIGRATE_BROWSER is `required` (as .ci/run sets it)."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    service = shutil.which("chromedriver")
    try:
        from selenium import webdriver
    except ImportError:
        browser = None
    if browser is None or service is None:
        if REQUIRED:
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in (
        "--headless=new",
        "--no-sandbox",  # build machines are containers, and their user is root
        "--disable-dev-shm-usage",
        "--window-size=1400,1000",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(service))
    driver.set_script_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()


REQUIRED = os.environ.get("AWS_SSO_MIGRATE_BROWSER") == "required"


@pytest.fixture
def tab(chromium: Any) -> Iterator[Tab]:
    """A tab in which nothing was stored before."""
    tab = Tab(chromium)
    yield tab
    tab.js("try { localStorage.clear() } catch {}")


@pytest.fixture
def show(tab: Tab, tmp_path: Path) -> Callable[[str], Tab]:
    """`show(html)`: the page in the tab, from a file."""

    def opened(page: str) -> Tab:
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        tab.open(file)
        return tab

    return opened
