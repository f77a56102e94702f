# SPDX-License-Identifier: MIT
"""The services that the rule library is proven against: as Debian 12 packages them, in a box."""

import json
import subprocess

CLIENT = "/usr/local/bin/library_client"
GOOD = "/etc/primum/known-good"
NGINX_CONFIG = """\
user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 128; }
http {
    access_log /var/log/nginx/access.log;
    keepalive_timeout 3600s;
    client_header_timeout 3600s;
    server {
        listen 127.0.0.1:80;
        location / { default_type text/plain; return 200 "well\\n"; }
    }
}
"""
HAPROXY_CONFIG = """\
global
    log /dev/log local0
    chroot /var/lib/haproxy
    stats socket /run/haproxy/admin.sock mode 660 level admin
    user haproxy
    group haproxy
    daemon
    maxconn 100
defaults
    mode http
    timeout connect 5s
    timeout client 1h
    timeout http-request 1h
    timeout server 50s
frontend users
    bind 127.0.0.1:8080
    default_backend pages
frontend self
    bind 127.0.0.1:8404
    monitor-uri /healthy
    http-request use-service prometheus-exporter if { path /metrics }
backend pages
    server nginx 127.0.0.1:80
"""
REDIS_CONFIG = """\
bind 127.0.0.1
port 6379
daemonize no
pidfile /run/redis/redis-server.pid
logfile /var/log/redis/redis-server.log
dir /var/lib/redis
maxclients 100
"""
# What makes PostgreSQL's configuration this test's, at the end of the package's own.
POSTGRESQL_LINES = "max_connections = 30\nfsync = off\n"


# Shorter times and nothing else: no threshold, no count and no rung is another. `settle` and
# `verify` still hold what a window and the count of `clear` ask for.
SHORT_TARGET = """\
soak    = "1s"
relapse = "0s"
indicator.idle.value.over = "4s"
"""
# The first rung that acts waits until all evidence has spoken, as it does with the times shipped.
SHORT_RUNG = """\
ladder.{rung}.for      = "{dwell}"
ladder.{rung}.settle   = "1s"
ladder.{rung}.verify   = "8s"
ladder.{rung}.cooldown = {{ initial = "0s", factor = 1, max = "0s" }}
"""
SHORT_SOURCE = """\
[source.{source}]
interval = "{interval}"
timeout  = "{timeout}"
"""


class Service:
    """One of them. What is `name`d is the template, the target and the prefix of its sources."""

    name = ""
    unit = ""
    package = ""
    config = ""
    sources = ()  # as the template has them; those of kind exec with a star
    rungs = ("retry", "restart", "fallback")
    needed = ()  # indicators that must be known before anything is broken
    kind = ""    # of what library_client speaks
    address = ""
    places = 0   # connections that fill its table
    restarted = False  # Restart=always
    when_stopped = ("retry", "restart")  # levels of the actions that heal it
    when_full = ("retry",)

    def __init__(self, box, short):
        self.box = box
        self.short = short

    # What the box needs.

    def prepare(self):
        """Configures and starts it; keeps the known-good configuration."""
        raise NotImplementedError

    def keep_good(self):
        """The configuration as it is now is the known-good one."""
        self.box.run(["install", "-D", "-m", "644", self.config, f"{GOOD}/{self.name}"])

    def good(self):
        """What the known-good configuration says."""
        return self.box.path(f"{GOOD}/{self.name}").read_bytes()

    def mend(self):
        """As after prepare(), whatever has been done to it."""
        if self.answers() and self.box.path(self.config).read_bytes() == self.good():
            return
        self.box.run(["systemctl", "kill", "--signal=SIGKILL", self.unit], check=False)
        self.box.run(["sh", "-c", f"cat {GOOD}/{self.name} >{self.config}"])
        self.box.run(["systemctl", "reset-failed", self.unit], check=False)
        self.box.run(["systemctl", "restart", self.unit], timeout=150)

    # The rules.

    def parameters(self):
        """Of the template: TOML."""
        return f'good_config = "{GOOD}/{self.name}"'

    def rules(self):
        """A rule file with one target."""
        text = (f'[target.{self.name}]\nuse = "{self.name}"\nwith = {{ {self.parameters()} }}\n'
                'mode = "enforce"\nenforce_up_to = "fallback"\nwarm_up = "0s"\n')
        if not self.short:
            return text
        text += SHORT_TARGET + 'ladder.observe.for = "500ms"\n'
        for rung in self.rungs:
            text += SHORT_RUNG.format(rung=rung, dwell="10s" if rung == self.rungs[0] else "500ms")
        for source in self.sources:
            # primum-actuator runs no more than 240 programs within a minute.
            interval, timeout = ("2s", "1900ms") if source.startswith("*") else ("1s", "900ms")
            text += SHORT_SOURCE.format(source=f"{self.name}-{source.lstrip('*')}",
                                        interval=interval, timeout=timeout)
        return text

    # What happens to it.

    def answers(self):
        """Whether a new client is served."""
        raise NotImplementedError

    def kill(self):
        """kill -9 of every process."""
        self.box.run(["systemctl", "kill", "--kill-whom=all", "--signal=SIGKILL", self.unit])

    def stop(self):
        """SIGSTOP to every process: it hangs, and systemd says it is active."""
        self.box.run(["systemctl", "kill", "--kill-whom=all", "--signal=SIGSTOP", self.unit])

    def break_config(self):
        """Somebody saves a configuration that it refuses."""
        raise NotImplementedError

    def append_to_config(self, line):
        """One more line in the configuration."""
        with self.box.path(self.config).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def fill(self):
        """A client takes every connection there is; gives the client."""
        client = self.box.popen([CLIENT, "hold", self.kind, self.address, str(self.places)],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        client.stdout.readline()
        return client

    def load(self, seconds):
        """Starts clients that ask for so long."""
        return self.box.popen([CLIENT, "load", self.kind, self.address, str(seconds)],
                              stdout=subprocess.PIPE, text=True)

    def served(self, load):
        """(requests served, failed) of a load that has ended."""
        found = json.loads(load.communicate()[0])
        return found["served"], found["failed"]

    def asks(self, *words):
        """Whether a program in the box ends well."""
        return self.box.run(["timeout", "3", *words], check=False).returncode == 0

    def active_state(self):
        """ActiveState."""
        return self.box.show(self.unit, "ActiveState")["ActiveState"]


class Nginx(Service):
    """nginx-light with one worker."""

    name, unit, package = "nginx", "nginx.service", "nginx-light"
    config = "/etc/nginx/nginx.conf"
    sources = ("group", "page", "port")
    needed = ("unit", "page", "port", "idle")
    kind, address, places = "http", "127.0.0.1:80", 128

    def prepare(self):
        self.box.write(self.config, NGINX_CONFIG)
        self.keep_good()
        self.box.run(["systemctl", "restart", self.unit])

    def answers(self):
        return self.asks("curl", "-fsS", f"http://{self.address}/")

    def break_config(self):
        self.append_to_config("workers many;")


class Haproxy(Service):
    """HAProxy before nginx. That nginx is well is none of its own health."""

    restarted = True
    name, unit, package = "haproxy", "haproxy.service", "haproxy"
    config = "/etc/haproxy/haproxy.cfg"
    sources = ("group", "page", "port")
    needed = ("unit", "page", "port", "idle")
    kind, address, places = "http", "127.0.0.1:8080", 100

    def parameters(self):
        return (f'url = "http://127.0.0.1:8404/healthy", address = "{self.address}", '
                f'{super().parameters()}')

    def prepare(self):
        self.box.write(self.config, HAPROXY_CONFIG)
        self.keep_good()
        if self.short:  # instead of the 90s that it takes to stop it while its worker hangs
            self.box.write(f"/run/systemd/system/{self.unit}.d/short.conf",
                           "[Service]\nTimeoutStopSec=5s\n")
            self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "restart", self.unit])

    def answers(self):
        return self.asks("curl", "-fsS", "http://127.0.0.1:8404/healthy")

    def break_config(self):
        self.append_to_config("    server of no backend")


class Redis(Service):
    """redis-server."""

    name, unit, package = "redis", "redis-server.service", "redis-server"
    config = "/etc/redis/redis.conf"
    sources = ("group", "*ping", "port", "*table")
    rungs = ("restart", "fallback")
    restarted = True
    when_stopped = when_full = ("restart",)
    needed = ("unit", "ping", "port", "idle", "table")
    kind, address, places = "redis", "127.0.0.1:6379", 100

    def parameters(self):
        return f"full = 95, {super().parameters()}"

    def prepare(self):
        # The package gives the file and its directory to redis; a fallback wants them to be root's.
        self.box.run(["chown", "root:redis", "/etc/redis"])
        self.box.run(["chmod", "0750", "/etc/redis"])
        self.box.write(self.config, REDIS_CONFIG)
        self.keep_good()
        self.box.run(["systemctl", "restart", self.unit])

    def answers(self):
        return self.asks("redis-cli", "-e", "ping")

    def break_config(self):
        self.append_to_config("maxclients lots")


class Postgresql(Service):
    """The cluster main of PostgreSQL 15."""

    name, unit, package = "postgresql", "postgresql@15-main.service", "postgresql-15"
    config = "/etc/postgresql/15/main/postgresql.conf"
    sources = ("group", "*ready", "port", "*login")
    needed = ("unit", "ready", "port", "idle", "login")
    kind, address, places = "postgresql", "127.0.0.1:5432", 30
    binaries = "/usr/lib/postgresql/15/bin"

    def parameters(self):
        idle = ', idle = "2s"' if self.short else ""
        return f'login = "host=127.0.0.1 dbname=postgres user=primum connect_timeout=4"{idle}, ' \
               f"{super().parameters()}"

    def prepare(self):
        """A new cluster: one of the host's own may be there, and is only hidden."""
        home = "/etc/postgresql/15/main"
        self.box.run(["sh", "-c", "pg_dropcluster --stop 15 main 2>/dev/null; exec "
                                  "pg_createcluster 15 main -- --no-sync"], timeout=120)
        self.append_to_config(POSTGRESQL_LINES)
        hba = self.box.path(f"{home}/pg_hba.conf")
        hba.write_text("host postgres primum,app 127.0.0.1/32 trust\n" + hba.read_text())
        if self.short:  # instead of the 60s that it takes to stop it while it hangs
            self.box.write(f"/run/systemd/system/{self.unit}.d/short.conf",
                           "[Service]\nExecStop=\nExecStop=-/usr/bin/pg_ctlcluster "
                           "--skip-systemctl-redirect -m fast %i stop -- -t 5\n")
        # The package gives the file and its directories to postgres; a fallback wants them to be
        # root's.
        self.box.run(["chown", "root:root", "/etc/postgresql", "/etc/postgresql/15", home])
        self.box.run(["chown", "root:postgres", self.config])
        self.keep_good()
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "restart", self.unit])
        for role in ("primum", "app"):
            self.box.run(["psql", "-c", f"create role {role} login"], user="postgres")
        self.box.write("/usr/local/share/load.sql", "select count(*) from pg_class;\n")

    def answers(self):
        return self.asks(f"{self.binaries}/psql", "-XAtqwc", "select 1",
                         "host=127.0.0.1 dbname=postgres user=app")

    def break_config(self):
        self.append_to_config("max_connections = many")

    def load(self, seconds):
        return self.box.popen([f"{self.binaries}/pgbench", "-h", "127.0.0.1", "-U", "app", "-n",
                               "-f", "/usr/local/share/load.sql", "-c", "4", "-R", "60",
                               "-T", str(int(seconds)), "postgres"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def served(self, load):
        figures = {}
        for line in load.communicate()[0].splitlines():
            name, _, value = line.partition(":")
            figures[name] = value.split()[0] if value.split() else ""
        served = figures["number of transactions actually processed"]
        failed = figures["number of failed transactions"]
        return int(served.split("/")[0]), int(failed)


ALL = (Nginx, Haproxy, Redis, Postgresql)
