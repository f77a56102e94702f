# SPDX-License-Identifier: MIT
"""What the package tests share: a fresh box without primum for each, and dpkg in it."""

import shutil
import sys
import tempfile
import unittest

import packages

sys.path.insert(0, str(packages.ROOT / "tests" / "box"))
from box import Box, why_not  # noqa: E402  (the path comes first)
from installed import Primum  # noqa: E402


def why_no_packages():
    """Why the packages cannot be built or tried here; None where they can."""
    for tool in ("dpkg-buildpackage", "dh", "lintian", "autopkgtest"):
        if shutil.which(tool) is None:
            return f"no {tool} (packaging/dependencies package)"
    return why_not()


class PackageCase(unittest.TestCase):
    """A test in a box of its own."""

    @classmethod
    def setUpClass(cls):
        reason = why_no_packages()
        if reason:
            raise unittest.SkipTest(reason)

    def setUp(self):
        folder = packages.built()
        self.next = tempfile.mkdtemp(prefix="primum-test-")
        self.addCleanup(shutil.rmtree, self.next)
        self.box = Box(binds=[f"{folder}:/packages", f"{self.next}:/next"])
        self.box.__enter__()
        self.addCleanup(self.box.stop)
        self.primum = Primum(self.box)
        # An image for containers forbids packages to start services; a host does not.
        self.box.run(["rm", "-f", "/usr/sbin/policy-rc.d"])
        self.deb = packages.deb_of(folder, "primum")

    def explain_failure(self):
        """For tests/python_suite.py."""
        return self.primum.explain_failure()

    def dpkg(self, *words, check=True):
        """dpkg, as apt would call it."""
        return self.box.run(["dpkg", *words], check=check, timeout=300,
                            env={"DEBIAN_FRONTEND": "noninteractive"})

    def install(self):
        """The package as built."""
        done = self.dpkg("--install", f"/packages/{self.deb.name}")
        self.primum.wait_ready()
        return done

    def upgrade(self):
        """The same package under a higher version."""
        deb = packages.as_next_version(self.deb, self.next)
        return self.dpkg("--install", f"/next/{deb.name}")
