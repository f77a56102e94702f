# SPDX-License-Identifier: MIT
"""A night on record, audited: the figures are the ledger's, and the page is for everybody."""

import contextlib
import json
import shutil
import sqlite3
import tempfile
import unittest
from pathlib import Path

from clinic_case import ClinicCase
from installed import STATE_DIR
from page_case import PageCase

FAILOVER = 'failover = { provider = "upstream" }'
BREAKER = "[breaker]\nworse = 1\n"
PAGE = "/root/audit.html"
MOST_BYTES = 1_000_000
PHONE = 390  # CSS pixels
# What a page loads beside itself, and what it was not allowed to.
LOADED = "return performance.getEntriesByType('resource').map((each) => each.name);"
FORBIDDEN = "return window.violations;"
# Debian's python3 has it; the mistakes that it finds, each with its place.
STRICT = """
import sys
import html5lib
parser = html5lib.HTMLParser()
parser.parse(open(sys.argv[1], encoding="utf-8").read())
print(parser.errors)
"""
SECTIONS = ("In short", "By level", "Time to recover, acting and doing nothing",
            "Held back by which guard", "Targets", "clinic")


class AuditTest(ClinicCase, PageCase):
    """One help, one harm that is undone, a person's word; then what an audit makes of it."""

    def night(self):
        """Until all is well again, and on record."""
        self.treat("failover", FAILOVER, order=("primary", "secondary", "worst"), settings=BREAKER)
        self.up("secondary")
        self.assertEqual(self.outcome()[1:], ("secondary", "done", "improved", "kept"))
        self.until(lambda: not any(row["open"] for row in self.incidents("clinic")), 40,
                   "the first incident to be closed")
        self.up("worst")
        self.until(lambda: self.primum.json("status")["host"]["breakers"], 30,
                   "the breaker to trip")
        self.until(lambda: self.state_of(self.newest()) == "rolled_back", 30, "the way back")
        self.until(lambda: self.target("clinic")["phase"] == "exhausted", 30, "nothing to be left")
        self.primum.ctl("label", "2", "unjustified", "--reason", "worst was never meant")
        self.up("primary third")
        self.primum.ctl("reset-breaker", "clinic", "--reason", "understood")
        self.primum.ctl("ack", "2", "--reason", "the primary is back")
        self.until(lambda: not any(row["open"] for row in self.incidents("clinic")), 40,
                   "the clinic to be well on record")

    @contextlib.contextmanager
    def ledger(self):
        """A copy of the ledger, to be read by SQL."""
        self.box.run(["rm", "-f", "/root/night.db"])
        self.primum.ctl("ledger", "backup", "--output", "/root/night.db")
        folder = tempfile.mkdtemp(prefix="primum-test-")
        copy = Path(folder) / "night.db"
        shutil.copy(self.box.path("/root/night.db"), copy)
        connection = sqlite3.connect(copy)
        try:
            yield connection
        finally:
            connection.close()
            shutil.rmtree(folder)

    def expected(self):
        """The figures of an audit, counted in the ledger by SQL."""
        with self.ledger() as database:
            def counts(sql):
                return dict(database.execute(sql).fetchall())

            def one(sql):
                return database.execute(sql).fetchone()[0]

            outcomes = counts("SELECT outcome, count(*) FROM action_states WHERE NOT dry_run"
                              " GROUP BY outcome")
            return {
                "incidents": one("SELECT count(*) FROM incidents WHERE target = 'clinic'"),
                "decisions": one("SELECT count(*) FROM decisions WHERE target = 'clinic'"),
                "acted": one("SELECT count(*) FROM actions WHERE NOT dry_run"),
                "would_act": one("SELECT count(*) FROM actions WHERE dry_run"),
                "detected": one("SELECT count(*) FROM decisions WHERE kind = 'entered'"
                                " AND reason = 'condition_met' AND target = 'clinic'"),
                "rolled_back": one("SELECT count(*) FROM action_states"
                                   " WHERE state = 'rolled_back'"),
                "outcomes": outcomes,
                "first_veto": counts("SELECT reason, count(*) FROM decisions"
                                     " WHERE kind = 'waited' AND target = 'clinic'"
                                     " GROUP BY reason"),
                "labelled": one("SELECT count(DISTINCT action) FROM operator_commands"
                                " WHERE verb = 'label' AND accepted"),
            }

    @staticmethod
    def told(audit):
        """The same of an audit's JSON."""
        figures = {key: audit[key] for key in (
            "incidents", "decisions", "acted", "would_act", "detected", "rolled_back", "outcomes",
            "labelled")}
        figures["first_veto"] = audit["held_back"]["first_veto"]
        return figures

    def faults(self):
        """What is wrong with the page; its style stands in it, for it is one file."""
        looked = self.browser.faults()
        return [fault for fault in looked["faults"] if not fault.startswith("<style>")]

    def look_at_page(self, audit):
        """The page in a browser, as it is for everybody; then without scripts, dark and small."""
        browser = self.browser
        browser.open_file(PAGE)
        self.assertEqual(browser.run(LOADED), [])
        self.assertEqual(browser.run(FORBIDDEN), [])
        self.assertEqual(browser.log(), [])
        self.assertEqual(self.faults(), [])
        shown = browser.run("return document.body.innerText")
        for words in SECTIONS:
            self.assertIn(words, shown)
        tiles = browser.run("return Object.fromEntries([...document.querySelectorAll('.tile')].map("
                            "(each) => [each.querySelector('dt').textContent,"
                            " each.querySelector('strong').textContent]));")
        self.assertEqual(tiles["Incidents"], str(audit["incidents"]))
        self.assertEqual(tiles["Acted"], str(audit["acted"]))
        self.assertEqual(tiles["Held back"],
                         str(sum(audit["held_back"]["first_veto"].values())))
        marks = browser.run("return [...document.querySelectorAll('svg .mark title')].map("
                            "(each) => each.textContent);")
        self.assertEqual(len(marks), audit["acted"], marks)
        browser.picture("audit-light")
        browser.scheme("dark")
        self.assertEqual(self.faults(), [])
        browser.picture("audit-dark")
        self.assertLessEqual(browser.needs_width(PHONE), PHONE)
        browser.scripts(False)
        browser.open_file(PAGE)
        silent = browser.source()
        browser.scripts(True)
        for words in SECTIONS:
            self.assertIn(words, silent)

    def check_file(self):
        """One file, not too large, valid, and with nothing to fetch or run."""
        page = self.box.path(PAGE).read_bytes()
        print(f"       the page has {len(page)} bytes", flush=True)
        self.assertLessEqual(len(page), MOST_BYTES)
        text = page.decode("utf-8")
        for word in ("<script", "http:", "https:", "url(", "@import", " src=", "javascript:"):
            self.assertNotIn(word, text)
        done = self.box.run(["python3", "-c", STRICT, PAGE], check=False)
        if "No module named" in done.stderr:
            self.skipTest("python3-html5lib is not here (packaging/dependencies page)")
        self.assertEqual((done.returncode, done.stdout), (0, "[]\n"), done.stderr)

    def test_a_night(self):
        self.night()
        audit = self.primum.json("audit", "--html", PAGE)
        self.assertEqual(audit["schema"], "primum-audit/1")
        self.assertEqual(self.told(audit), self.expected())
        self.assertEqual(audit["outcomes"]["worse"], 1)
        self.assertGreater(audit["outcomes"]["improved"], 0)
        self.until(lambda: self.told(self.recorded()) == self.told(audit), 30,
                   lambda: f"the recording to have it all: {self.told(self.recorded())}")
        recorded = self.recorded()
        self.assertEqual(recorded["times"]["recover_acted"], audit["times"]["recover_acted"])
        self.assertGreater(recorded["times"]["detect"]["count"], 0)
        self.check_bundles(audit)
        self.look_at_page(audit)
        self.check_file()
        print(self.primum.ctl("audit").stdout, flush=True)

    def check_bundles(self, audit):
        """Both incidents as bundles, one of them twice: the same actions, by the host's name."""
        self.box.run(["rm", "-rf", "/root/bundles"])
        self.box.run(["mkdir", "/root/bundles"])
        for number, name in ((1, "one.tar.zst"), (2, "two"), (2, "twice.tar.zst")):
            self.primum.ctl("incidents", "export", str(number), "--output",
                            f"/root/bundles/{name}")
        bundles = self.primum.json("audit", "--bundles", "/root/bundles")
        self.assertIn("2 bundles of 1 host", bundles["of"])
        self.assertEqual([bundles[key] for key in ("incidents", "acted", "outcomes", "labelled")],
                         [audit[key] for key in ("incidents", "acted", "outcomes", "labelled")])
        self.assertTrue(bundles["targets"][0]["host"])
        self.assertEqual(len(bundles["remarks"]), 1, bundles["remarks"])

    def recorded(self):
        """The audit of the recording, as far as it is on the disk."""
        done = self.primum.ctl("audit", "--recording", f"{STATE_DIR}/recordings", "--json",
                               check=False)
        return json.loads(done.stdout)


if __name__ == "__main__":
    unittest.main()
