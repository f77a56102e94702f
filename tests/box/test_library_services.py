# SPDX-License-Identifier: MIT
"""The rule library against the real services: broken for real, healed for real, then left alone.

With PRIMUM_LIBRARY_TIMES=shipped (tests/run library) every time is the library's own, but for
`warm_up`, and the healthy load lasts 10 minutes. Otherwise times are overridden key by key, and
nothing else, so that all of it takes a few minutes.
"""

import atexit
import os
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import library_client
from box import Box
from case import COUNT_DIR, BoxCase, restart_rule
from installed import Primum, install, stage_of_this_run
from library_services import ALL, CLIENT

SHIPPED = os.environ.get("PRIMUM_LIBRARY_TIMES") == "shipped"
# More than half of the targets must be well, or it is a common cause and nobody is helped.
BYSTANDERS = tuple(f"bystander{number}" for number in range(len(ALL) + 1))
LOAD_SECONDS = 600 if SHIPPED else 60
HEALED_WITHIN = 3600 if SHIPPED else 180  # generous: the figures are printed
ALONE_SECONDS = 60 if SHIPPED else 4


def missing():
    """Packages that are not here."""
    return [service.package for service in ALL
            if not Path(f"/usr/share/doc/{service.package}").exists()]


class _Services:
    """The one box of this process with all four services in it."""

    box = None
    services = {}

    @classmethod
    def get(cls):
        """The box, and {name: service}."""
        if cls.box is None:
            box = Box(wanted=[service.unit for service in ALL] + ["postgresql.service"])
            box.__enter__()
            try:
                install(box, stage_of_this_run())
                cls.services = cls._prepared(box)
            except BaseException:
                box.stop()
                raise
            atexit.register(box.stop)
            cls.box = box
        return cls.box, cls.services

    @staticmethod
    def _prepared(box):
        box.write(CLIENT, Path(library_client.__file__).read_text(encoding="utf-8"), 0o755)
        services = {}
        for kind in ALL:
            # On a host that has them only for this they are masked.
            box.run(["rm", "-f", f"/etc/systemd/system/{kind.unit}"])
            box.run(["systemctl", "daemon-reload"])
            services[kind.name] = kind(box, not SHIPPED)
            services[kind.name].prepare()
        return services


class LibraryCase(BoxCase):
    """All four services run, each by the rules of the library."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if missing():
            raise unittest.SkipTest(f"{', '.join(missing())} not here "
                                    "(packaging/dependencies library)")

    def setUp(self):
        self.box, self.services = _Services.get()
        self.primum = Primum(self.box)
        self.primum.fresh()
        self.primum.journal_since = f"@{time.time():.6f}"
        self._units = []
        self.box.run(["sh", "-c", f"rm -rf {COUNT_DIR}; mkdir -p {COUNT_DIR}"])

    def watch(self):
        """primumd runs, and knows of each service that it is well."""
        for name in BYSTANDERS:
            self.unit(name)
        rules = {name: service.rules() for name, service in self.services.items()}
        rules["bystanders"] = "".join(restart_rule(name) for name in BYSTANDERS)
        self.begin(rules)
        self.until(lambda: all(self.known(service) for service in self.services.values()), 240,
                   "everything to be known")

    def known(self, service):
        """Whether all that decides says that it is well."""
        evidence = {entry["indicator"]: entry["severity"] for entry in
                    self.primum.json("explain", service.name)["explanation"]["evidence"]}
        return all(evidence.get(name) == "ok" for name in service.needed)

    def steps(self, target):
        """[(level, outcome)] of the actions of a target, in order."""
        return [(row["action"]["level"], row["outcome"]) for row in reversed(self.actions(target))]

    def say(self, words):
        """A figure for the reader."""
        print(f"   {words}", file=sys.stderr, flush=True)


class LibraryServicesTest(LibraryCase):
    """Four services, and bystanders."""

    def everywhere(self, story):
        """Runs `story(service)` for all services at the same time; each may fail for itself."""
        for service in self.services.values():
            self.addCleanup(service.mend)
        with ThreadPoolExecutor(len(self.services)) as pool:
            running = {name: pool.submit(story, service)
                       for name, service in self.services.items()}
        for name, future in running.items():
            with self.subTest(name):
                future.result()
        for bystander in BYSTANDERS:
            self.assertEqual(self.actions(bystander), [])

    def falls(self, service):
        """Until it serves nobody."""
        self.until(lambda: not service.answers(), 60, f"{service.name} to be broken")

    def heals(self, service, fault, levels):
        """It serves again, by actions of just these levels, of which primum judges the last to have
        helped; it is left alone from then on."""
        begun = time.monotonic()
        name = service.name
        self.until(lambda: service.answers() and self.steps(name), HEALED_WITHIN,
                   f"{name} to answer")
        took = time.monotonic() - begun
        self.until(lambda: self.steps(name)[-1][1] == "improved", HEALED_WITHIN, "the outcome")
        steps = self.steps(name)
        self.say(f"{name}, {fault}: answers again after {took:.1f} s, by "
                 f"{', '.join(f'{level} ({outcome})' for level, outcome in steps)}")
        self.assertEqual(list(dict.fromkeys(level for level, _ in steps)), list(levels))
        self.stays(service.answers, ALONE_SECONDS, "it does not stay well")
        self.assertEqual(self.steps(name), steps)

    def test_healthy_under_load_nothing_is_done_and_nothing_would_be(self):
        """By the rules as they are shipped, but for warm_up."""
        for service in self.services.values():
            service.short = False
            self.addCleanup(setattr, service, "short", not SHIPPED)
        self.watch()
        loads = {name: service.load(LOAD_SECONDS) for name, service in self.services.items()}
        for name, load in loads.items():
            served, failed = self.services[name].served(load)
            self.say(f"{name}: {served} requests served within {LOAD_SECONDS} s, {failed} failed")
            self.assertGreater(served, LOAD_SECONDS)
            self.assertEqual(failed, 0)
        # Without an incident nothing is decided, and nothing would be done.
        for name in (*self.services, *BYSTANDERS):
            self.assertEqual(self.incidents(name), [])
        self.assertEqual(self.primum.json("actions")["actions"], [])

    def test_every_process_is_killed(self):
        def story(service):
            if service.restarted:
                service.kill()
                self.until(service.answers, 30, "systemd to restart it")
                self.stays(lambda: service.answers() and not self.actions(service.name),
                           2 * ALONE_SECONDS, "systemd goes first, and nothing is left to do")
                self.until(lambda: self.killed_for_good(service), 60, "systemd to give up")
            else:
                service.kill()
                self.falls(service)
            self.heals(service, "kill", ["restart"])
        self.watch()
        self.everywhere(story)

    @staticmethod
    def killed_for_good(service):
        """Kills it once more; whether systemd has given up."""
        if service.active_state() == "active":
            service.kill()
        return service.active_state() == "failed" and not service.answers()

    def test_every_process_is_stopped(self):
        def story(service):
            service.stop()
            self.falls(service)
            self.heals(service, "SIGSTOP", service.when_stopped)
        self.watch()
        self.everywhere(story)

    def test_a_configuration_that_it_refuses(self):
        def story(service):
            service.break_config()
            service.kill()
            self.falls(service)
            self.heals(service, "wrong configuration", ["restart", "fallback"])
            self.assertEqual(self.box.path(service.config).read_bytes(), service.good())
        self.watch()
        self.everywhere(story)

    def test_every_connection_is_taken(self):
        def story(service):
            client = service.fill()
            try:
                self.falls(service)
                self.heals(service, "full table", service.when_full)
            finally:
                client.communicate("")
        self.watch()
        self.everywhere(story)


if __name__ == "__main__":
    unittest.main()
