# SPDX-License-Identifier: MIT
"""What primumd records replays to the decisions that it made, byte for byte."""

import json
import shutil
import subprocess
import unittest
from pathlib import Path

from case import BoxCase, restart_rule
from installed import STATE_DIR, stage_of_this_run

RECORDINGS = f"{STATE_DIR}/recordings"
FLUSHED_AFTER = 7  # an event is on the disk within 5 s
# A source where nobody listens, and a target that has it.
NOWHERE = """\
[source.nowhere]
kind     = "prometheus"
url      = "http://127.0.0.1:9/metrics"
interval = "500ms"

[target.lost]
warm_up = "0s"
[target.lost.indicator.load]
source  = "nowhere"
value   = { gauge = 'load' }
warning = { above = 1 }
"""
KINDS = {"decision": "decisions", "action": "actions", "transition": "transitions"}


class RecordingTest(BoxCase):
    """Faults in the box, and what a replay makes of them."""

    def replay(self, *files, check=True):
        """Lines of `primumctl replay --json`, and what it says on stderr; outside of the box."""
        done = subprocess.run(
            [Path(stage_of_this_run()) / "usr/bin/primumctl", "replay", "--json", "--recording",
             *files], capture_output=True, text=True, check=False)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines(), done.stderr

    def copied(self):
        """A copy of the recordings on the host."""
        folder = self.primum.files_of(RECORDINGS)
        self.addCleanup(shutil.rmtree, folder)
        return folder

    def stories(self):
        """{incident: its story as primumctl prints it}, of all incidents."""
        return {number: self.primum.ctl("--json", "incidents", "show", str(number)).stdout
                for number in (row["incident"]["id"] for row in
                               self.primum.json("incidents", "--limit", "500")["incidents"])}

    def told(self, effects, incident):
        """The arrays of an incident's story, from replayed effects."""
        found = {name: [] for name in KINDS.values()}
        own = set()
        for line in effects:
            for kind, name in KINDS.items():
                head = f'{{"effect":"record","record":"{kind}",'
                if not line.startswith(head):
                    continue
                body = "{" + line.removeprefix(head)
                action = body.split('"', 4)[3]
                if f'"incident":{incident},' in body or (kind == "transition" and action in own):
                    found[name].append(body)
                    if kind == "action":
                        own.add(action)
        return found

    def assert_same(self, stories, effects):
        """Every decision, action and step on record is in the replay, with the same bytes."""
        for incident, story in stories.items():
            told = self.told(effects, incident)
            self.assertIn(f'"decisions":[{",".join(told["decisions"])}]', story)
            # On record an action's first step is its intent, which is the action's own record.
            for body in told["transitions"]:
                self.assertIn(body, story, f"incident {incident}")
            self.assertEqual(len(told["transitions"]), sum(
                1 for step in json.loads(story)["story"]["transitions"]
                if step["state"] != "intended"), f"incident {incident}")
            for body in told["actions"]:
                self.assertIn(f'{{"action":{body},', story, f"incident {incident}")
            self.assertEqual(story.count('{"action":{"id":'), len(told["actions"]))

    def live_through_faults(self):
        """A unit that a restart mends, one that it does not, one in a person's hands, and a source
        that fails; until all is still."""
        for name in ("web", "held"):
            self.unit(name)
        self.unit("lame", start="[ $(wc -l <%s/lame) -lt 2 ] && exec sleep 1000000; exit 1" %
                  "/run/test-starts")
        self.begin({"web": restart_rule("web"), "held": restart_rule("held"),
                    "lame": restart_rule("lame"), "nowhere": NOWHERE})
        self.primum.ctl("hold", "held", "--for", "1h", "--reason", "looking into it")
        for name in ("web", "lame", "held"):
            self.kill(name)
        self.until_closed("web")
        self.until(lambda: self.target("lame")["phase"] == "exhausted", 20, "exhausted")
        self.until(lambda: ("waited", "held") in self.decisions("held"), 20, "to wait")
        self.until(lambda: self.incidents("source:nowhere"), 20, "the source's own incident")

    def test_a_replay_makes_the_same_decisions(self):
        self.live_through_faults()
        self.primum.ctl("release", "held", "--reason", "seen enough")
        self.until_closed("held")
        stories = self.stories()
        self.assertGreaterEqual(len(stories), 4)
        self.primum.stop()
        folder = self.copied()
        effects, said = self.replay(folder)
        self.assertEqual(said, "")
        self.assert_same(stories, effects)
        self.assertTrue(any('"record":"hold"' in line for line in effects))
        self.assertEqual(effects, self.replay(folder)[0])

    def test_two_runs_and_a_restart_in_between(self):
        self.live_through_faults()
        self.primum.stop()
        self.primum.start()
        self.primum.wait_ready()
        self.kill("web")
        self.until(lambda: len(self.incidents("web")) == 2 and
                   not self.incidents("web")[0]["open"], 30, "the second incident to close")
        stories = self.stories()
        self.primum.stop()
        folder = self.copied()
        self.assertEqual(len(list(folder.iterdir())), 2)
        effects, said = self.replay(folder)
        self.assertEqual(said, "")
        self.assert_same(stories, effects)

    def test_what_a_kill_tears_off_is_cut(self):
        self.live_through_faults()
        stories = self.stories()
        self.stays(self.primum.active, FLUSHED_AFTER, "primumd ended")
        self.box.kill_hard("primumd.service")
        self.primum.stop()
        folder = self.copied()
        segment = min(folder.iterdir())
        for other in folder.iterdir():
            if other != segment:
                other.unlink()
        whole, said = self.replay(segment)
        self.assert_same(stories, whole)
        size = segment.stat().st_size
        for cut in (1, 5, 50, size // 2, size - 10):
            torn = folder / "torn"
            torn.write_bytes(segment.read_bytes()[:size - cut])
            effects, said = self.replay(torn, check=False)
            self.assertEqual(effects, whole[:len(effects)])
            self.assertIn("cut after this line", said)


if __name__ == "__main__":
    unittest.main()
