# SPDX-License-Identifier: MIT
"""What the tests of the status page share: a browser in the box, and where pictures are kept."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

from case import BoxCase

HERE = Path(__file__).resolve().parent
PAGE = "http://127.0.0.1:9763"
CHECKS = (HERE / "page_checks.js").read_text(encoding="utf-8")


def pictures():
    """Where the screenshots of this run are kept: beneath the build directory."""
    build = Path(os.environ["PRIMUM_STAGE"]).parent
    folder = build / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Browser:
    """Chromium in the box, by way of browser.py."""

    def __init__(self, box):
        box.write("/usr/local/lib/browser.py", (HERE / "browser.py").read_text(encoding="utf-8"))
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
                       "SE_OFFLINE": "true"}
        self.process = box.popen(["python3", "/usr/local/lib/browser.py"], text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.version = self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the browser has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(f"in the browser: {answer['error']}")
        return answer["gives"]

    def _order(self, order, /, **words):
        self.process.stdin.write(json.dumps({"do": order, "with": words}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def open(self, path):
        """Loads one of the pages."""
        self._order("open", url=PAGE + path)

    def open_file(self, path):
        """Loads a page that is a file of the box."""
        self._order("open", url="file://" + path)

    def run(self, script, *arguments):
        """What a script in the page returns."""
        return self._order("run", script=script, arguments=arguments)

    def scheme(self, name):
        """Light or dark."""
        self._order("scheme", name=name)

    def scripts(self, on):
        """Whether pages may run scripts."""
        self._order("scripts", on=on)

    def source(self):
        """The page as it stands."""
        return self._order("source")

    def tab(self):
        """Presses the tab key."""
        self._order("tab")

    def log(self):
        """Warnings and errors of the browser since the last time."""
        return self._order("log")

    def needs_width(self, width):
        """How wide the page is on a screen that is so wide."""
        return self._order("needs_width", width=width)

    def picture(self, name, width=1280):
        """Keeps a picture of the whole page; its path."""
        path = pictures() / f"{name}.png"
        path.write_bytes(base64.b64decode(self._order("picture", width=width)))
        print(f"       picture: {path}", flush=True)
        return path

    def faults(self):
        """What page_checks.js finds wrong with the page."""
        return self.run(CHECKS + "\nreturn findFaults();")

    def close(self):
        """Ends it."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


class PageCase(BoxCase):
    """A test with a browser in the box."""

    def setUp(self):
        super().setUp()
        for program in ("chromium", "chromedriver"):
            if shutil.which(program) is None:
                self.skipTest(f"{program} is not here (packaging/dependencies page)")
        self._browser = None

    def tearDown(self):
        if self._browser is not None:
            self._browser.close()
        super().tearDown()

    @property
    def browser(self):
        """Started when it is first wanted: with all of the rules in force it has a page to show."""
        if self._browser is None:
            self._browser = Browser(self.box)
        return self._browser
