# SPDX-License-Identifier: MIT
"""Evidence from the host itself: the journal, pressure, control groups and files."""

import json
import unittest

from case import BoxCase
from limits_case import LimitsCase

TARGET = """\
[target.{name}]
unit    = "{name}.service"
mode    = "observe"
warm_up = "0s"
"""
INDICATOR = """\
[target.{target}.indicator.{name}]
source  = "{source}"
value   = {{ gauge = '{series}' }}
error   = {{ above = 1000000000000 }}
"""
# Entries as a program with fields of its own writes them, straight to journald.
LOG = """
import socket, sys
times, entry = int(sys.argv[1]), "\\n".join(sys.argv[2:]).encode() + b"\\n"
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journald:
    journald.connect("/run/systemd/journal/socket")
    for _ in range(times):
        journald.send(entry)
"""


class Watching:
    """A target that only watches; each series of its sources is an indicator."""

    def watch(self, source, kind, more="", interval="200ms", **series):
        """Begins with one source, and an indicator NAME for each NAME=series."""
        self.unit("app")
        text = f'[source.{source}]\nkind = "{kind}"\ninterval = "{interval}"\n{more}\n'
        text += TARGET.format(name="app")
        for name, one in series.items():
            text += INDICATOR.format(target="app", name=name, source=source, series=one)
        self.begin({"app": text})

    def value(self, indicator):
        """What the indicator stands at; None while it is not known."""
        for one in self.primum.json("explain", "app")["explanation"]["evidence"]:
            if one["indicator"] == indicator:
                try:
                    return float(one["value"])
                except ValueError:
                    return None
        return None

    def until_value(self, indicator, wanted, timeout=15):
        """Waits until `wanted`, a number or a test of one, holds; gives the value."""
        def found():
            value = self.value(indicator)
            right = value is not None and (wanted(value) if callable(wanted) else value == wanted)
            return (value,) if right else None
        return self.until(found, timeout, lambda: f"{indicator}, now {self.value(indicator)}")[0]

    def failure(self, source):
        """The word for how the source fails; empty while it does not."""
        found = [one for one in self.primum.json("sources")["sources"] if one["name"] == source]
        return found[0].get("error_class", "") if found and not found[0]["ok"] else ""

    def log(self, *fields, times=1):
        """Writes entries to the journal of the box."""
        self.box.run(["/usr/bin/python3", "-c", LOG, str(times), *fields])


class JournalTest(Watching, BoxCase):
    """Entries of a real journal."""

    COUNT = ('count.shouts_total = { SYSLOG_IDENTIFIER = "app", PRIORITY = ["0", "1", "2", "3"] }\n'
             'count.noise_total = { NOISE = "yes" }')

    def test_entries_are_counted_by_their_fields_from_now_on(self):
        self.log("SYSLOG_IDENTIFIER=app", "PRIORITY=2", "MESSAGE=from before", times=20)
        self.watch("log", "journal", self.COUNT, shouts="shouts_total")
        self.until_value("shouts", 0)
        self.log("SYSLOG_IDENTIFIER=app", "PRIORITY=3", "MESSAGE=it broke")
        self.log("SYSLOG_IDENTIFIER=app", "PRIORITY=6", "MESSAGE=error error error")
        self.log("SYSLOG_IDENTIFIER=other", "PRIORITY=3", "MESSAGE=it broke")
        self.log("SYSLOG_IDENTIFIER=app", "PRIORITY=0", "MESSAGE=it broke")
        self.until_value("shouts", 2)
        self.primum.stop()
        self.primum.start()
        self.primum.wait_ready()
        self.until_value("shouts", 0)
        self.stays(lambda: self.value("shouts") == 0, 1, "an old entry was counted again")

    def test_rotation_and_vacuum_lose_nothing_and_repeat_nothing(self):
        self.watch("log", "journal", self.COUNT, shouts="shouts_total")
        self.until_value("shouts", 0)
        for number in range(1, 4):
            self.log("SYSLOG_IDENTIFIER=app", "PRIORITY=3", "MESSAGE=x", times=10)
            self.until_value("shouts", 10 * number)
            self.box.run(["journalctl", "-q", "--rotate"])
        self.box.run(["journalctl", "-q", "--vacuum-files=1"])
        self.log("SYSLOG_IDENTIFIER=app", "PRIORITY=3", "MESSAGE=x", times=5)
        self.until_value("shouts", 35)
        self.stays(lambda: self.value("shouts") == 35, 1, "counted twice")
        self.assertEqual(self.failure("log"), "")

    def test_a_burst_is_counted_and_the_daemon_answers_meanwhile(self):
        self.box.write("/run/systemd/journald.conf.d/test.conf",
                       "[Journal]\nRateLimitIntervalSec=0\n")
        self.box.run(["systemctl", "restart", "systemd-journald"])
        self.watch("log", "journal", self.COUNT, noise="noise_total", shouts="shouts_total")
        self.until_value("noise", 0)
        self.log("NOISE=yes", "MESSAGE=x", times=10000)
        self.until_value("noise", 10000, 60)
        turns = {name: value for name, value in self.primum.metrics().items()
                 if name.startswith("primum_loop_turn_seconds_bucket")}
        print({name: value for name, value in turns.items() if value}, flush=True)

    def test_a_user_who_may_not_read_the_journal_is_denied_and_then_may(self):
        self.box.write("/run/systemd/system/primumd.service.d/nogroup.conf",
                       "[Service]\nSupplementaryGroups=\n")
        self.box.run(["systemctl", "daemon-reload"])
        self.watch("log", "journal", self.COUNT, shouts="shouts_total")
        self.until(lambda: self.failure("log") == "denied", 10, "the source to be denied")
        self.assertIsNone(self.value("shouts"))
        self.assertEqual(self.incidents("app"), [])


class PluginTest(Watching, BoxCase):
    """Monitoring plugins, run by the actuator."""

    PLUGIN = "/usr/local/lib/check_app"

    def plugin(self, script):
        """Puts the plugin in place, as root's own."""
        self.box.write(self.PLUGIN, "#!/bin/sh\n" + script, 0o755)

    def run_plugin(self, script, more="", timeout="3s", **series):
        """Watches what the plugin says."""
        self.plugin(script)
        self.unit("app")
        text = (f'[source.check]\nkind = "exec"\ninterval = "3s"\ntimeout = "{timeout}"\n'
                f'run = ["{self.PLUGIN}"]\n{more}\n') + TARGET.format(name="app")
        for name, one in series.items():
            text += INDICATOR.format(target="app", name=name, source="check", series=one)
        self.begin({"app": text})

    def told(self):
        """What is on record about the source's newest incident."""
        number = self.incidents("source:check")[0]["id"]
        return json.dumps(self.primum.json("incidents", "show", str(number)))

    def probe_units(self):
        """Units of probes that systemd still knows."""
        return self.box.out(["systemctl", "list-units", "--all", "--plain", "--no-legend",
                             "primum-probe-*"]).split()

    def test_the_verdict_and_the_numbers_of_a_real_plugin_come_in(self):
        self.run_plugin("echo \"WARNING - 3 waiting|waiting=3;2;5 'time taken'=20ms\"; exit 1",
                        ok="probe_success", code="probe_exit_code",
                        waiting='perfdata{label="waiting"}',
                        took='perfdata{label="time taken",unit="seconds"}')
        self.until_value("waiting", 3)
        self.assertEqual((self.value("ok"), self.value("code"), self.value("took")), (1, 1, 0.02))
        self.plugin("echo 'CRITICAL - gone'; exit 2")
        self.until_value("code", 2)
        self.assertEqual(self.value("ok"), 0)
        self.plugin("echo 'UNKNOWN - who am I'; exit 3")
        self.until(lambda: self.failure("check") == "other", 15, "the source to fail")
        self.assertIn("who am I", self.told())
        self.assertEqual(self.incidents("app"), [])

    def test_it_runs_as_a_user_of_its_own_that_may_change_nothing(self):
        self.box.run(["rm", "-f", "/run/touched", "/var/lib/touched"])
        self.run_plugin("touch /run/touched /var/lib/touched /etc/touched 2>/dev/null\n"
                        "wrote=0; for f in /run/touched /var/lib/touched /etc/touched; do\n"
                        "[ -e $f ] && wrote=1; done\n"
                        "caps=$(sed -n 's/^CapEff:\\t0*//p' /proc/self/status)\n"
                        "echo \"OK|uid=$(id -u) wrote=$wrote caps=${caps:-0}\"",
                        uid='perfdata{label="uid"}', wrote='perfdata{label="wrote"}',
                        caps='perfdata{label="caps"}')
        # DynamicUser= gives numbers from this range.
        self.until_value("uid", lambda uid: 61184 <= uid <= 65519)
        self.assertEqual((self.value("wrote"), self.value("caps")), (0, 0))
        self.assertFalse(self.box.path("/var/lib/touched").exists())
        self.until(lambda: self.probe_units() == [], 10, "its unit to be gone")

    def test_one_that_hangs_is_ended_with_all_it_started(self):
        self.run_plugin("sleep 4711 & sleep 4711", timeout="1s", ok="probe_success")
        self.until(lambda: self.failure("check") == "timeout", 20, "the source to time out")
        self.assertIsNone(self.value("ok"))
        self.primum.stop()
        self.until(lambda: self.processes("4711") == [], 15, "its processes to be gone")

    def test_a_timeout_that_means_failure_is_a_verdict(self):
        self.run_plugin("sleep 4711", 'timeout_means = "failure"', timeout="1s",
                        ok="probe_success")
        self.until_value("ok", 0)
        self.assertEqual(self.failure("check"), "")

    def test_a_flood_of_output_is_cut_and_the_verdict_stands(self):
        self.run_plugin("head -c 30000000 /dev/zero | tr '\\0' x; echo '|a=1'; exit 0",
                        ok="probe_success", number='perfdata{label="a"}')
        self.until_value("ok", 1, 30)
        self.assertIsNone(self.value("number"))

    def test_a_plugin_that_is_not_roots_alone_is_not_run(self):
        self.plugin("echo OK")
        self.box.run(["chmod", "0777", self.PLUGIN])
        self.unit("app")
        self.begin({"app": f'[source.check]\nkind = "exec"\ninterval = "2s"\ntimeout = "2s"\n'
                           f'run = ["{self.PLUGIN}"]\n' + TARGET.format(name="app")
                           + INDICATOR.format(target="app", name="ok", source="check",
                                              series="probe_success")})
        self.until(lambda: self.failure("check") == "actuator", 15, "the source to be refused")
        self.assertIn("untrusted", self.told())

    def test_the_off_switch_stops_no_evidence(self):
        self.box.write("/etc/primum/disabled", "")
        self.run_plugin("echo OK", ok="probe_success")
        self.until_value("ok", 1)


class FileTest(Watching, BoxCase):
    """Files of a service, as the user primum sees them."""

    def test_a_number_comes_in_and_what_is_no_number_fails_the_source_alone(self):
        self.box.write("/run/queue", "17\n")
        self.watch("queue", "file", 'path = "/run/queue"', queue="file_value")
        self.until_value("queue", 17)
        self.box.write("/run/queue", "many\n")
        self.until(lambda: self.failure("queue") == "parse", 10, "the source to fail")
        self.box.run(["rm", "/run/queue"])
        self.until(lambda: self.failure("queue") == "missing", 10, "the source to miss it")
        self.assertEqual(self.incidents("app"), [])

    def test_a_file_system_that_fills_up_is_seen(self):
        self.box.run(["sh", "-c", "mkdir -p /run/small && mount -t tmpfs -o size=8M,mode=755 "
                                  "small /run/small"])
        self.addCleanup(self.box.run, ["umount", "/run/small"], check=False)
        self.watch("room", "file", 'path = "/run/small"\nlook = "mount"',
                   room="mount_available_ratio", size="mount_size_bytes")
        self.until_value("room", 1)
        self.assertEqual(self.value("size"), 8 << 20)
        self.box.run(["dd", "if=/dev/zero", "of=/run/small/x", "bs=1M", "count=6", "status=none"])
        self.until_value("room", 0.25)


class PressureTest(Watching, BoxCase):
    """Stalls of real tasks."""

    def test_real_load_is_seen_and_the_kernel_tells_of_it(self):
        cpu = '{resource="cpu",share="some"}'
        self.watch("stalls", "pressure",
                   'triggers = [{ resource = "cpu", stall = "50ms", window = "2s" }]',
                   total=f"pressure_stall_seconds_total{cpu}", told=f"pressure_trigger_total{cpu}")
        before = self.until_value("total", lambda value: value >= 0)
        busy = [self.box.popen(["/usr/bin/python3", "-c", "while True: pass"]) for _ in range(6)]
        try:
            self.until_value("total", lambda value: value > before + 0.5, 30)
            if self.value("told") is None:
                print("    the kernel takes no trigger of primum's")
            else:
                told = self.until_value("told", lambda times: times > 0, 30)
                print(f"    told by the kernel {told:.0f} times")
        finally:
            for one in busy:
                one.kill()
                one.wait()


class CgroupTest(Watching, LimitsCase):
    """Memory and tasks that a unit really takes."""

    def test_growth_of_a_unit_is_seen_and_a_stopped_one_has_no_series(self):
        self.box.write("/usr/local/lib/hog", "#!/usr/bin/python3\n"
                       "import os, time\n"
                       "while not os.path.exists('/run/grow'):\n"
                       "    time.sleep(0.1)\n"
                       "kept = bytearray(b'x' * (60 << 20))\n"
                       "time.sleep(100000)\n", 0o755)
        self.box.run(["rm", "-f", "/run/grow"])
        self.unit("hog", "MemoryAccounting=yes\nTasksAccounting=yes\nMemoryMax=300M",
                  start="exec /usr/local/lib/hog")
        self.watch("group", "cgroup", 'unit = "hog.service"',
                   memory="cgroup_memory_current_bytes", most="cgroup_memory_max_bytes",
                   tasks="cgroup_pids_current")
        before = self.until_value("memory", lambda value: value > 0)
        self.assertEqual(self.value("most"), 300 << 20)
        self.until_value("tasks", lambda value: value >= 1)
        self.box.write("/run/grow", "")
        after = self.until_value("memory", lambda value: value > before + (50 << 20), 30)
        print(f"    from {before:.0f} to {after:.0f} bytes")
        self.box.run(["systemctl", "stop", "hog.service"])
        self.until(lambda: self.value("memory") is None, 10, "its series to vanish")
        self.assertEqual(self.failure("group"), "")

    def test_a_plugin_that_takes_too_much_memory_is_ended_and_no_verdict(self):
        self.box.write("/usr/local/lib/check_hog", "#!/usr/bin/python3\n"
                       "hoard = bytearray(400 << 20)\nprint('OK', len(hoard))\n", 0o755)
        self.watch("hog", "exec", 'run = ["/usr/local/lib/check_hog"]\nmemory = "32MiB"',
                   interval="5s", ok="probe_success")
        self.until(lambda: self.failure("hog") == "other", 30, "the source to fail")
        self.assertIsNone(self.value("ok"))


if __name__ == "__main__":
    unittest.main()
