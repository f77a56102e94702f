# SPDX-License-Identifier: MIT
"""A night: primum helps, harms and takes it back; a person looks; another box replays it.

The transcript is compared with night.expected, times and ids made equal; with
PRIMUM_REWRITE_GOLDENS set it is written instead.
"""

import json
import os
import re
import shutil
import unittest
from pathlib import Path

from box import Box
from clinic_case import ClinicCase
from installed import Primum, install, stage_of_this_run

GOLDEN = Path(__file__).resolve().parent / "night.expected"
FAILOVER = 'failover = { provider = "upstream" }'
BREAKER = "[breaker]\nworse = 1\n"
SPAN = r"\d+(?:\.\d+)?(?:us|ms|s|m|h|d)(?: \d+(?:us|ms|s|m|h|d))?"
SAME = (
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    (r"\b[0-9a-f]{32}\b", "UUID"),
    (r"\b[0-9a-f]{12}\b", "DIGEST"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
    (r"\((?:%s ago|in %s|now)\)" % (SPAN, SPAN), "(WHEN)"),
    (r"\b(?:in )?%s(?: ago)?\b" % SPAN, "SPAN"),
    (r"\b\d+ decisions on record, \d+ made again", "N decisions on record, N made again"),
    (r"\bits \d+ decisions", "its N decisions"),
    (r"  +", "  "),
    (r"^clinic  (?:-|SEV-\d)  failover", "clinic  SEV  failover"),
)


def same(text):
    """The text as it is on every machine at every hour."""
    for pattern, word in SAME:
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return text


class NightTest(ClinicCase):
    """One story, driven by what happens and never by time."""

    maxDiff = None

    def setUp(self):
        super().setUp()
        self.transcript = []

    def say(self, words, primum=None, lines=None, code=0):
        """Runs primumctl as a person would, and keeps what is seen; `lines` keeps only those."""
        done = (primum or self.primum).ctl(*words, check=False)
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        seen = [line for line in (done.stdout + done.stderr).splitlines()
                if lines is None or re.search(lines, line)]
        shown = " ".join(f"'{word}'" if " " in word else word for word in words)
        self.transcript.append(same("\n".join([f"$ primumctl {shown}", *seen, ""])))

    def until_breaker(self):
        """The harm is undone and the breaker latched."""
        self.until(lambda: self.primum.json("status")["host"]["breakers"], 30,
                   "the breaker to trip")
        self.until(lambda: self.state_of(self.newest()) == "rolled_back", 30, "the way back")
        self.until(lambda: self.target("clinic")["phase"] == "exhausted", 30, "nothing to be left")

    def until_well(self):
        """All incidents of the clinic are closed."""
        self.until(lambda: self.incidents("clinic") and
                   not any(row["open"] for row in self.incidents("clinic")), 40,
                   "the clinic to be well on record")

    def test_a_night(self):
        self.treat("failover", FAILOVER, order=("primary", "secondary", "worst"), settings=BREAKER)
        self.say(["status"], lines="^(state|ledger|targets|in flight)")
        self.up("secondary")  # the primary degrades; primum helps
        self.assertEqual(self.outcome()[1:], ("secondary", "done", "improved", "kept"))
        self.until_well()
        self.say(["actions"], lines="^(ACTION| )")
        self.up("worst")  # the next one too; what is left does harm
        self.until_breaker()
        self.say(["status"], lines="^(state|ledger|targets|in flight|ILL|clinic|LAST|20|$)")
        self.say(["explain", "clinic"], lines="^(clinic|level|mode|incident|  (disabled|held|"
                                              "breaker|GUARD)|  (failover|LEVEL)|to )")
        self.say(["hold", "clinic", "--for", "1h", "--reason", "I am looking"])
        self.say(["rollback", "1", "--reason", "the secondary was no good either"])
        self.say(["label", "2", "unjustified", "--reason", "worst was never meant to be used"])
        self.up("primary third")
        self.say(["reset-breaker", "clinic", "--reason", "understood"])
        self.say(["release", "clinic", "--reason", "done looking"])
        self.say(["ack", "2", "--reason", "the primary is back"])
        self.until_well()
        self.say(["status"], lines="^(state|ledger|targets|in flight|HOLD|ILL)")
        self.say(["actions", "show", "2"], lines="^(Action|target|level|result)")
        number = str(self.incidents("clinic")[0]["id"])
        bundle = f"/root/incident-{number}.tar.zst"
        self.box.run(["rm", "-f", bundle])
        self.say(["incidents", "export", number, "--output", bundle])
        self.say(["replay", bundle])
        self.replay_elsewhere(bundle)
        self.compare()

    def replay_elsewhere(self, bundle):
        """The bundle on another box, where primumd never ran."""
        with Box() as other:
            install(other, stage_of_this_run())
            shutil.copy(self.box.path(bundle), other.path(bundle))
            primum = Primum(other)
            self.transcript.append("# on another box\n")
            self.say(["replay", bundle], primum=primum)
            answer = json.loads(primum.ctl("replay", bundle, "--json").stdout)
            self.assertTrue(answer["ok"], answer)
            self.assertEqual(answer["recorded"], answer["replayed"])
            self.assertGreater(answer["recorded"], 0)

    def compare(self):
        """With the transcript of the first such night."""
        text = "\n".join(self.transcript)
        if os.environ.get("PRIMUM_REWRITE_GOLDENS"):
            GOLDEN.write_text(text, encoding="utf-8")
        self.assertEqual(GOLDEN.read_text(encoding="utf-8"), text)


if __name__ == "__main__":
    unittest.main()
