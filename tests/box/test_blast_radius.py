# SPDX-License-Identifier: MIT
"""Which units go down with a restart: what primum says, and what systemd really does."""

import unittest

from case import BoxCase, restart_rule

# What is restarted by primum is `web`. NAME: lines of its [Unit] section.
UNITS = {
    "web": "Conflicts=foe.service\nRequires=helper.service\nWants=wanted.service\n"
           "PropagatesStopTo=sister.service",
    # These are restarted with it.
    "requires": "Requires=web.service",
    "requisite": "Requisite=web.service\nAfter=web.service",
    "part": "PartOf=web.service",
    "bound": "BindsTo=requires.service\nAfter=requires.service",
    # These are stopped, for what is started again conflicts with them or pulls in what does.
    "foe": "",
    "client": "Requires=foe.service",
    "leaf": "",
    "helper": "Conflicts=rival.service",
    "rival": "PropagatesStopTo=leaf.service",
    # These stay.
    "dead": "Requires=web.service",
    "part_of_dead": "PartOf=dead.service",
    "hater": "Conflicts=web.service",
    "wanted": "Conflicts=spared.service",
    "spared": "",
    "wants": "Wants=web.service\nAfter=web.service",
    "same_namespace": "JoinsNamespaceOf=web.service",
    "reloaded": "ReloadPropagatedFrom=web.service",
    # Stopped on a restart by systemd from 253 on; counted in any case.
    "sister": "",
}
GO_DOWN = {"requires", "requisite", "part", "bound", "foe", "client", "rival", "leaf"}
LISTED = sorted(f"{name}.service" for name in GO_DOWN | {"sister"})


class BlastRadiusTest(BoxCase):
    """One unit that has failed, in the middle of all relations that units can have."""

    def setUp(self):
        super().setUp()
        for name, lines in UNITS.items():
            self._units.append(f"{name}.service")
            self.box.write(f"/etc/systemd/system/{name}.service",
                           f"[Unit]\nStartLimitIntervalSec=0\n{lines}\n"
                           "[Service]\nExecStart=/bin/sleep 1000000\n")
        self.box.run(["systemctl", "daemon-reload"])
        self.start("web", "requires", "requisite", "part", "bound", "dead", "part_of_dead",
                   "wants", "same_namespace", "reloaded", "leaf")
        for name in ("helper", "dead", "wanted", "web"):
            self.kill(name)
            self.until(lambda name=name: self.state(name) == "failed", 5, f"{name} to fail")
        self.start("foe", "client", "rival", "hater", "spared", "sister")

    def start(self, *names):
        """Starts them one after the other."""
        for name in names:
            self.box.run(["systemctl", "start", f"{name}.service"])

    def runs(self):
        """{name: which run of it this is} of all units that run."""
        found = {}
        for name in UNITS:
            shown = self.box.show(f"{name}.service", "ActiveState", "InvocationID")
            if shown["ActiveState"] == "active":
                found[name] = shown["InvocationID"]
        return found

    def rules(self, remedy, most):
        """Restarts web when it has failed, and lets so many units go down with it."""
        rules = restart_rule("web").replace("restart = { timeout", f"{remedy} = {{ timeout")
        return {"web": f"{rules}max_blast_radius = {most}\n"}

    def verdicts(self):
        """{guard: detail} of the decision to act."""
        number = self.incidents("web")[0]["id"]
        story = self.primum.json("incidents", "show", str(number))["story"]
        acted = [entry for entry in story["decisions"] if entry["kind"] == "acted"]
        return {guard["guard"]: guard["detail"] for guard in acted[0]["guards"]}

    def test_what_it_says_is_what_systemd_does(self):
        before = self.runs()
        self.assertEqual(set(UNITS) - set(before), {"web", "helper", "dead", "wanted"})
        self.begin(self.rules("restart", len(LISTED) - 1))

        def vetoed():
            guards = self.primum.json("explain", "web")["explanation"]["guards"]
            found = [guard for guard in guards if guard["guard"] == "blast_radius"]
            return found[0]["detail"] if found and found[0]["verdict"] == "veto" else None
        detail = self.until(vetoed, 10, "the veto")
        self.assertEqual(detail, f"{len(LISTED)} units would go down with it, {len(LISTED) - 1} "
                                 f"may: {', '.join(LISTED)}")
        self.assertIn(", ".join(LISTED), " ".join(self.primum.ctl("explain", "web").stdout.split()))
        self.assertEqual(self.runs(), before)
        self.assertEqual(self.actions("web"), [])

        self.primum.configure(self.rules("restart", len(LISTED)))
        self.box.run(["systemctl", "restart", "primumd.service"])
        self.until(lambda: self.state("web") == "active" and self.actions("web") and
                   self.actions("web")[0]["result"] == "done", 20, "the restart")
        after = self.runs()
        went_down = {name for name, run in before.items() if after.get(name) != run}
        self.assertEqual(went_down - {"sister"}, GO_DOWN)
        version = int(self.box.out(["systemctl", "--version"]).split()[1])
        self.assertEqual("sister" in went_down, version >= 253)
        self.assertEqual(self.verdicts()["blast_radius"], ", ".join(LISTED))


if __name__ == "__main__":
    unittest.main()
