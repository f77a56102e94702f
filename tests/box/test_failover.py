# SPDX-License-Identifier: MIT
"""failover on real files: every form of pointer, where it helps, where it harms, the way back."""

import unittest

from clinic_case import ENV, ClinicCase

FAILOVER = 'failover = { provider = "upstream" }'
TOML = "# the upstream\r\n[up]\nname = 'primary' # by hand\nother = [1,\n 2]\n"
JSON = '{"other": 1.50,\n\t"up": {"name" : "primary", "x": "\\u00e9"}}'


class PointerCases:
    """The same for every form of pointer."""

    form = ""

    def place(self):
        """Makes the pointer; it names the primary."""

    def named(self):
        """What stands at the pointer."""
        raise NotImplementedError

    def test_it_goes_to_the_one_that_is_healthy(self):
        self.place()
        self.treat("failover", FAILOVER, form=self.form)
        before = self.named()
        kept = {name: what for name, what in self.tree().items() if name != self.pointer}
        self.up("secondary secondary! third")
        self.assertEqual(self.outcome(), ("failover", "third", "done", "improved", "kept"))
        self.assertEqual(self.named(), before.replace("primary", "third"))
        tree = self.tree()
        self.assertEqual({name: what for name, what in tree.items() if name != self.pointer}, kept)
        self.assertEqual(self.states(),
                         {"primary": "dead", "secondary": "rate_limited", "third": "healthy"})
        self.assertEqual(self.provider()["current"], "third")

    def test_what_harms_is_put_back_byte_for_byte(self):
        self.place()
        self.treat("failover", FAILOVER, form=self.form, order=("primary", "worst"))
        before = self.tree()
        self.up("worst")
        self.assertEqual(self.outcome(), ("failover", "worst", "done", "worse", "rolled_back"))
        self.assertEqual(self.tree(), before)


class EnvTest(PointerCases, ClinicCase):
    """One key of an env file; and what is the same whatever the pointer is."""

    form = "env"
    pointer = "clinic.env"

    def named(self):
        return self.read("clinic.env")

    def test_owner_mode_and_attributes_are_kept(self):
        self.treat("failover", FAILOVER)
        before = self.tree()["clinic.env"]
        self.up("third")
        self.assertEqual(self.outcome()[1:], ("third", "done", "improved", "kept"))
        after = self.tree()["clinic.env"]
        self.assertEqual((after[:3], after[5]), (before[:3], before[5]))
        self.assertEqual(after[4].decode(), ENV.replace("primary", "third"))

    def test_what_does_not_help_is_put_back_too(self):
        self.treat("failover", FAILOVER, order=("primary", "useless"))
        before = self.tree()
        self.up("useless")
        self.assertEqual(self.outcome(),
                         ("failover", "useless", "done", "unchanged", "rolled_back"))
        self.assertEqual(self.tree(), before)

    def test_none_is_healthy_and_nothing_is_done(self):
        self.treat("failover", FAILOVER)
        before = self.tree()
        self.up("secondary!")
        self.until(lambda: self.incidents("clinic") and
                   ("passed_over", "no_provider") in self.decisions("clinic"), 20,
                   "the rung to be passed over")
        self.assertEqual(self.actions("clinic"), [])
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.states(),
                         {"primary": "dead", "secondary": "rate_limited", "third": "dead"})

    def test_failback_once_the_primary_has_been_healthy_for_long_enough(self):
        self.treat("failover", FAILOVER, failback="4s")
        before = self.tree()
        self.up("secondary secondary! third")
        self.assertEqual(self.outcome(), ("failover", "third", "done", "improved", "kept"))
        self.stays(lambda: self.provider()["current"] == "third", 5, "it went back to a dead one")
        self.up("primary third")
        self.until(lambda: self.states()["primary"] == "healthy", 10, "the primary to be back")
        self.stays(lambda: self.provider()["current"] == "third", 2.5, "it went back too early")
        self.until(lambda: self.provider()["current"] == "primary", 15, "the failback")
        self.until(lambda: self.state_of(self.newest()) == "rolled_back", 10, "its end on record")
        self.assertEqual(self.tree(), before)
        shown = self.primum.ctl("providers").stdout
        self.assertRegex(shown, r"upstream +primary +healthy +yes")

    def test_what_a_person_points_elsewhere_is_left_alone(self):
        self.box.run(["chmod", "644", "/etc/clinic/clinic.env"])
        self.treat("failover", FAILOVER)
        self.up("third")
        self.assertEqual(self.outcome(), ("failover", "third", "done", "improved", "kept"))
        self.write("clinic.env", ENV.replace("primary", "by-hand"))
        before = self.tree()
        self.assertEqual(self.roll_back(self.newest()), "rollback_failed")
        self.assertEqual(self.tree(), before)
        self.assert_told_of("+export UPSTREAM=by-hand")


class LinkTest(PointerCases, ClinicCase):
    """A symbolic link."""

    form = "symlink"
    pointer = "current"

    def place(self):
        self.box.run(["ln", "-s", "/etc/clinic/up.d/primary", "/etc/clinic/current"])

    def named(self):
        return str(self.box.path("/etc/clinic/current").readlink())


class WholeFileTest(PointerCases, ClinicCase):
    """A whole file."""

    form = "file"
    pointer = "upstream.conf"

    def place(self):
        self.box.write("/etc/clinic/upstream.conf", "primary\n")
        self.box.run(["sh", "-c", "cd /etc/clinic; chown 12:34 upstream.conf; "
                      "chmod 600 upstream.conf"])

    def named(self):
        return self.read("upstream.conf")


class TomlTest(PointerCases, ClinicCase):
    """One key of a TOML file."""

    form = "toml"
    pointer = "clinic.toml"

    def place(self):
        self.box.write("/etc/clinic/clinic.toml", TOML)

    def named(self):
        return self.read("clinic.toml")


class JsonTest(PointerCases, ClinicCase):
    """One key of a JSON file."""

    form = "json"
    pointer = "clinic.json"

    def place(self):
        self.box.write("/etc/clinic/clinic.json", JSON)

    def named(self):
        return self.read("clinic.json")


if __name__ == "__main__":
    unittest.main()
