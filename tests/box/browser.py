#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Chromium in the box, headless: takes orders as JSON lines, and answers each with one.

    {"do": "open", "with": {"url": "http://127.0.0.1:9763/"}}
    {"gives": null}, or {"error": "..."}

The test's side of it is page_case.py. Runs as root, therefore without Chromium's own sandbox.
"""

import json
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

# In every page before its own scripts: what its policy forbade.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


class Browser:
    """One tab. Each method is an order."""

    def __init__(self):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=1280,1000", "--user-data-dir=/tmp/browser", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update",
                     "--hide-scrollbars", "--disable-extensions", "--lang=en"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(60)
        self.driver.set_script_timeout(60)
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH)

    def cdp(self, name, **parameters):
        """One command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def open(self, url):
        """Loads a page whole."""
        self.driver.get(url)

    def run(self, script, arguments=()):
        """What a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    def scheme(self, name):
        """What the person's system prefers: light or dark."""
        self.cdp("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": name}])

    def scripts(self, on):
        """Whether pages may run scripts at all."""
        self.cdp("Emulation.setScriptExecutionDisabled", value=not on)

    def source(self):
        """The page as it stands, read without a script of its own."""
        root = self.cdp("DOM.getDocument", depth=0)["root"]["nodeId"]
        return self.cdp("DOM.getOuterHTML", nodeId=root)["outerHTML"]

    def tab(self):
        """Presses the tab key."""
        webdriver.ActionChains(self.driver).send_keys(Keys.TAB).perform()

    def log(self):
        """What the browser has complained about since the last time."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("WARNING", "SEVERE")]

    def needs_width(self, width):
        """How wide the page is on a screen that is so wide."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=800,
                 deviceScaleFactor=1, mobile=False)
        try:
            return self.run("return document.documentElement.scrollWidth")
        finally:
            self.cdp("Emulation.clearDeviceMetricsOverride")

    def picture(self, width=1280):
        """The whole page as a PNG, in base64."""
        try:
            for height in (800, None):  # as high as it is when it is so wide
                size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
                self.cdp("Emulation.setDeviceMetricsOverride", width=width,
                         height=height or int(size["height"]), deviceScaleFactor=1, mobile=False)
            taken = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        finally:
            self.cdp("Emulation.clearDeviceMetricsOverride")
        return taken["data"]


def main():
    """Orders, one a line, until there are no more."""
    browser = Browser()
    try:
        print(json.dumps({"gives": browser.driver.capabilities["browserVersion"]}), flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            try:
                given = getattr(browser, order["do"])(**order["with"])
                print(json.dumps({"gives": given}), flush=True)
            except Exception as error:  # pylint: disable=broad-except
                print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
    finally:
        browser.driver.quit()


if __name__ == "__main__":
    main()
