# SPDX-License-Identifier: MIT
"""How sources reach HTTP servers: nginx with TLS, client certificates, users, gzip and a Unix
socket; a Prometheus server asked by promql; the probes of both."""

import shutil
import unittest

from case import BoxCase

HOME = "/run/test-web"
NGINX = f"""\
daemon off;
pid {HOME}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    default_type text/plain;
    root {HOME}/www;
    gzip on;
    gzip_types text/plain;
    gzip_min_length 0;
    ssl_certificate {HOME}/server.pem;
    ssl_certificate_key {HOME}/server.key;
    server {{
        listen 127.0.0.1:8443 ssl;
        location /private {{
            auth_basic private;
            auth_basic_user_file {HOME}/users;
            alias {HOME}/www;
        }}
        location /downgrade {{ return 302 http://127.0.0.1:8080/metrics; }}
    }}
    server {{
        listen 127.0.0.1:8444 ssl;
        ssl_client_certificate {HOME}/ca.pem;
        ssl_verify_client on;
    }}
    server {{
        listen 127.0.0.1:8080;
        listen unix:{HOME}/socket;
        location /moved {{ return 301 https://127.0.0.1:8443/metrics; }}
    }}
}}
"""
CERTIFICATES = f"""\
set -e
rm -rf {HOME}; mkdir -p {HOME}/www; cd {HOME}
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=ca
openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 30 -subj /CN=o
echo subjectAltName=IP:127.0.0.1 >names
for who in server client; do
    openssl req -newkey rsa:2048 -nodes -keyout $who.key -out $who.csr -subj /CN=$who
    openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 10 \\
        -extfile names -out $who.pem
done
echo "watch:$(openssl passwd -apr1 s3cret)" >users
echo s3cret >password
echo wrong >wrong_password
i=0
while [ $i -lt 500 ]; do echo "queue_length{{queue=\\"$i\\"}} 3"; i=$((i + 1)); done >www/metrics
chmod -R a+rX .
"""
PROMETHEUS = """\
global: {scrape_interval: 1s}
scrape_configs:
- job_name: self
  static_configs: [{targets: ['127.0.0.1:9090']}]
"""
TLS = f'ca_file = "{HOME}/ca.pem"\n'
# Where a source of kind prometheus gets its page, and what else it says.
WELL = {
    "own_authority": ("https://127.0.0.1:8443/metrics", TLS),
    "client": ("https://127.0.0.1:8444/metrics",
               f'{TLS}cert_file = "{HOME}/client.pem"\nkey_file = "{HOME}/client.key"\n'),
    "user": ("https://127.0.0.1:8443/private/metrics",
             f'{TLS}user = "watch"\npassword_file = "{HOME}/password"\n'),
    "unix": ("http://localhost/metrics", f'unix_socket = "{HOME}/socket"\n'),
    "moved": ("http://127.0.0.1:8080/moved", f"{TLS}redirects = 1\n"),
}
ILL = {
    "stranger": ("https://127.0.0.1:8443/metrics", "", "tls"),
    "wrong_authority": ("https://127.0.0.1:8443/metrics", f'ca_file = "{HOME}/other.pem"\n', "tls"),
    "wrong_name": ("https://localhost:8443/metrics", TLS, "tls"),
    "nobody": ("https://127.0.0.1:8444/metrics", TLS, "http_status"),
    "wrong_password": ("https://127.0.0.1:8443/private/metrics",
                       f'{TLS}user = "watch"\npassword_file = "{HOME}/wrong_password"\n',
                       "http_status"),
    "no_password": ("https://127.0.0.1:8443/private/metrics",
                    f'{TLS}user = "watch"\npassword_file = "{HOME}/gone"\n', "missing"),
    "downgrade": ("https://127.0.0.1:8443/downgrade", f"{TLS}redirects = 5\n", "http_status"),
    "bomb": ("http://127.0.0.1:8080/metrics", "max_bytes = 4096\n", "too_large"),
}
TARGET = """
[target.{name}]
unit = "web.service"
indicator.i = {{ source = "{name}", series = '{series}', error = {{ above = 1e9 }} }}
"""


def scrape(name, url, more):
    """A source and a target that wants something of it."""
    return (f'[source.{name}]\nkind = "prometheus"\nurl = "{url}"\ninterval = "1s"\n{more}'
            + TARGET.format(name=name, series="queue_length"))


class HttpAccessTest(BoxCase):
    """Real servers in the box."""

    def setUp(self):
        super().setUp()
        for program in ("nginx", "openssl", "prometheus"):
            if shutil.which(program) is None:
                self.skipTest(f"{program} is not here (packaging/dependencies ends)")
        self.unit("web")

    def serve(self, name, command):
        """Runs a server as a unit until the test ends."""
        self._units.append(f"{name}.service")
        self.box.write(f"/etc/systemd/system/{name}.service",
                       f"[Service]\nExecStart={command}\nRestart=no\n")
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", f"{name}.service"])

    def start_nginx(self):
        """nginx with certificates of its own authority."""
        self.box.run(["sh", "-c", CERTIFICATES])
        self.box.write(f"{HOME}/nginx.conf", NGINX)
        self.serve("test-nginx", f"/usr/sbin/nginx -p {HOME} -c {HOME}/nginx.conf")
        self.until(lambda: self.box.run(["curl", "-sf", "http://127.0.0.1:8080/metrics"],
                                        check=False).returncode == 0, 10, "nginx to answer")

    def sources(self):
        """What primum says of its sources, by name."""
        return {entry["name"]: entry for entry in self.primum.json("sources")["sources"]}

    def until_all(self, wanted):
        """Waits until each source stands as is wanted: None for well, else its error class."""
        def stand():
            now = self.sources()
            return all(name in now and (now[name]["ok"] if error is None else
                                        not now[name]["ok"]
                                        and now[name]["error_class"] == error)
                       for name, error in wanted.items())
        self.until(stand, 20, f"{wanted} in {self.sources()}")

    def test_nginx_is_reached_by_every_key_and_by_none_that_is_wrong(self):
        self.start_nginx()
        rules = {name: scrape(name, *how) for name, how in WELL.items()}
        rules |= {name: scrape(name, *how[:2]) for name, how in ILL.items()}
        self.begin(rules)
        self.until_all({name: None for name in WELL} | {name: how[2] for name, how in ILL.items()})
        # Secrets stand nowhere.
        self.assertNotIn("s3cret", self.box.out(["journalctl", "--no-pager", "-u", "primumd"]))
        self.assertEqual(self.actions("web"), [])

    def test_a_page_over_https_is_probed(self):
        self.start_nginx()
        probe = (f'[source.site]\nkind = "http"\nurl = "https://127.0.0.1:8443/metrics"\n{TLS}'
                 'interval = "1s"\n[source.gone]\nkind = "tcp"\naddress = "127.0.0.1:1"\n'
                 'interval = "1s"\n[target.web]\nunit = "web.service"\n'
                 'indicator.site = { source = "site", value = "probe" }\n'
                 'indicator.ends = { source = "site", series = "probe_tls_expiry_seconds", '
                 'warning = { below = 8.64e5, clear_above = 1e6 }, for = "1s" }\n'
                 'indicator.gone = { source = "gone", value = "probe", for = "1s" }\n')
        self.begin({"web": probe})
        self.until_all({"site": None, "gone": None})
        # Ten days are left, less what has passed; nobody listens at port 1.
        def verdicts():
            rows = self.primum.json("explain", "web")["explanation"]["evidence"]
            return {row["indicator"]: row["severity"] for row in rows}
        self.until(lambda: verdicts() == {"site": "ok", "ends": "warning", "gone": "error"},
                   20, lambda: f"the verdicts of the probes: {verdicts()}")

    def test_a_prometheus_server_is_asked(self):
        self.box.run(["mkdir", "-p", HOME])
        self.box.write(f"{HOME}/prometheus.yml", PROMETHEUS)
        self.serve("test-prometheus",
                   f"/usr/bin/prometheus --config.file={HOME}/prometheus.yml "
                   f"--storage.tsdb.path={HOME}/data --web.listen-address=127.0.0.1:9090")
        def rule(name, query):
            return (f'[source.{name}]\nkind = "promql"\nurl = "http://127.0.0.1:9090"\n'
                    f'interval = "1s"\nquery.{name} = \'{query}\'\n'
                    + TARGET.format(name=name, series=name))
        queries = {"selector": "up", "sum": "sum(up)", "scalar": "scalar(sum(up))",
                   "matrix": "up[1m]", "broken": "sum("}
        self.begin({name: rule(name, query) for name, query in queries.items()})
        self.until_all({"selector": None, "sum": None, "scalar": None, "matrix": "parse",
                        "broken": "http_status"})
        # What the server no longer scrapes is no evidence, and its absence neither.
        self.box.run(["systemctl", "stop", "test-prometheus.service"])
        self.until_all({name: "refused" for name in queries})
        self.assertEqual(self.actions("web"), [])


if __name__ == "__main__":
    unittest.main()
