# SPDX-License-Identifier: MIT
"""primum heals the demo service in a box, in primumctl's own words. packaging/quickstart runs it.

    walkthrough.py DEB        the package primum, from packaging/build-packages
"""

import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "box"))

from box import Box, BoxError, wait_until  # noqa: E402  (the path comes first)
from installed import Primum  # noqa: E402

PAGE = "http://127.0.0.1:9464/"
DRY_RUN = 'mode = "dry_run"\n'
ENFORCE = 'mode = "enforce"\n'


def say(text):
    """What happens next."""
    print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)


class Walk:
    """The demo in one box."""

    def __init__(self, box):
        self.box = box
        self.primum = Primum(box)

    def show(self, *command):
        """Runs a command as an operator would, and shows both."""
        print(f"$ {' '.join(command)}", flush=True)
        done = self.box.run(list(command), check=False)
        print("".join(f"  {line}\n" for line in (done.stdout + done.stderr).splitlines()),
              flush=True)

    def start(self, deb):
        """The package installed, the demo running, and primum in dry-run."""
        # Images for containers forbid packages to start services.
        self.box.run(["rm", "-f", "/usr/sbin/policy-rc.d"])
        self.show("dpkg", "--install", f"/packages/{deb.name}")
        self.primum.wait_ready()
        self.show("primumctl", "status")
        self.box.write("/usr/local/bin/primum-demo", (HERE / "primum-demo").read_text(), 0o755)
        for unit in ("demo.service", "demo-visitors.service"):
            self.box.write(f"/etc/systemd/system/{unit}", (HERE / unit).read_text())
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "demo.service", "demo-visitors.service"])
        say("it observes; a rule for the demo, and dry-run")
        self.primum.configure({"demo": (HERE / "demo.toml").read_text()}, DRY_RUN)
        self.show("systemctl", "reload", "primumd.service")
        wait_until(lambda: self.primum.json("list")["targets"], 20, "the rule to be in force")
        self.ready()

    def target(self):
        """The target as primum sees it."""
        return self.primum.json("explain", "demo")["explanation"]

    def ready(self):
        """Until the metrics are known to be good and the warm-up is over."""
        def healthy():
            seen = self.target()
            vetoes = {entry["guard"] for entry in seen["guards"] if entry["verdict"] == "veto"}
            return seen["target"]["severity"] == "ok" and "warming_up" not in vetoes
        wait_until(healthy, 30, "the demo to be known as healthy", every=0.2)

    def make_ill(self):
        """From now on every page is a 500. Gives the time."""
        self.show("curl", "-sS", "-X", "POST", f"{PAGE}ill")
        return time.monotonic()

    def incident(self):
        """The newest incident of the demo, or None."""
        found = [row["incident"] for row in self.primum.json("incidents")["incidents"]
                 if row["incident"]["target"] == "demo"]
        return found[0] if found else None

    def decided(self, kind, level):
        """Whether the newest incident has such a decision."""
        incident = self.incident()
        if incident is None:
            return False
        story = self.primum.json("incidents", "show", str(incident["id"]))["story"]
        return any(entry["kind"] == kind and entry["level"] == level
                   for entry in story["decisions"])

    def well(self):
        """Whether the demo answers with a page."""
        return self.box.out(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", PAGE],
                            check=False) == "200"

    def closed(self):
        """Whether the newest incident is over."""
        incident = self.incident()
        return incident is not None and not incident["open"]

    def timeline(self):
        """The newest incident's story."""
        self.show("primumctl", "incidents", "show", str(self.incident()["id"]))


def dry_run(walk):
    """What primum would do, if it were allowed to."""
    say("dry-run: the demo falls ill; what would primum do?")
    walk.make_ill()
    wait_until(lambda: walk.decided("would_act", "restart"), 60, "a restart it would do", every=0.3)
    walk.show("primumctl", "explain", "demo")
    walk.timeline()
    say("nothing was touched, and the demo is still ill; a restart by hand ends it")
    walk.show("systemctl", "restart", "demo.service")
    wait_until(walk.closed, 40, "the dry-run incident to close", every=0.3)


def enforce(walk):
    """What primum does. Gives (seconds until the demo answered again, until it was verified)."""
    say("enforce: primum may act now")
    walk.primum.configure({"demo": (HERE / "demo.toml").read_text()}, ENFORCE)
    walk.show("systemctl", "reload", "primumd.service")
    wait_until(lambda: walk.primum.json("status")["host"]["mode"] == "enforce", 10, "the reload")
    walk.ready()
    first = walk.incident()["id"]
    ill_at = walk.make_ill()
    wait_until(lambda: walk.incident()["id"] != first and walk.decided("acted", "retry"), 40,
               "the gentle remedy", every=0.2)
    say("the gentle remedy first: a reload")
    walk.show("primumctl", "status")
    walk.show("primumctl", "explain", "demo")
    wait_until(walk.well, 60, "the demo to answer again", every=0.05)
    healed = time.monotonic() - ill_at
    say("the reload did not help, the restart did")
    wait_until(walk.closed, 60, "the incident to close", every=0.3)
    verified = time.monotonic() - ill_at
    walk.timeline()
    walk.show("primumctl", "actions")
    walk.show("primumctl", "status")
    return healed, verified


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    begun = time.monotonic()
    deb = Path(sys.argv[1]).resolve()
    with Box(binds=[f"{deb.parent}:/packages"]) as box:
        walk = Walk(box)
        try:
            say("a throw-away container with real systemd: the package is installed")
            walk.start(deb)
            walk.show("primumctl", "status")
            dry_run(walk)
            healed, verified = enforce(walk)
        except (BoxError, KeyError, ValueError) as error:
            print(walk.primum.explain_failure(), file=sys.stderr)
            print(f"quickstart: {error}", file=sys.stderr)
            return 1
    say(f"verified and closed after {verified:.0f} s; all of it took "
        f"{time.monotonic() - begun:.0f} s, and nothing of it is left")
    print(f"healed in {healed:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
