"""The processes that the scripts about many servers start: a PostgreSQL of their own, servers, and nginx in front of them."""

import contextlib
import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

NGINX = """\
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream fleet {{
{servers}
        keepalive 64;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://fleet;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
"""


def fail(text):
    print(f"fleet: {text}", file=sys.stderr)
    sys.exit(1)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Postgres:
    """A PostgreSQL in a folder of its own, without a port. The database's settings are PostgreSQL's defaults, so that a commit is on the
    disk."""

    def __init__(self):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda name: int(name.split("/")[4]))
        if not programs:
            fail("PostgreSQL is missing: apt-get install postgresql")
        self.programs = pathlib.Path(programs[-1])
        self.folder = tempfile.mkdtemp(prefix="fleet-postgres-", dir="/tmp")
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        self.databases = 0
        self.run("initdb", "-D", f"{self.folder}/data", "-U", "sparring", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", f"{self.folder}/data", "-k", self.folder, "-c", "listen_addresses=",
             "-c", "max_connections=200"], user=self.user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            if subprocess.run([self.programs / "pg_isready", "-h", self.folder], stdout=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.1)
        fail("PostgreSQL does not start")

    def run(self, program, *arguments):
        return subprocess.run(
            [self.programs / program, *arguments], user=self.user, check=True, capture_output=True, text=True).stdout

    def database(self):
        self.databases += 1
        name = f"fleet{self.databases}"
        self.run("createdb", "-h", self.folder, "-U", "sparring", name)
        return name, f"postgres://sparring@/{name}?host={self.folder}"

    def query(self, name, sql):
        return self.run("psql", "-h", self.folder, "-U", "sparring", "-d", name, "-At", "-c", sql)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    def __init__(self, binary, folder, scenario, store=None, port=None):
        self.port = port or free_port()
        self.command = [binary, "serve", scenario, "--port", str(self.port), "--quiet"]
        self.environment = dict(os.environ, **({"SPARRING_STORE": store} if store else {}))
        self.log = pathlib.Path(folder) / f"server-{self.port}.log"
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log)
        for _ in range(1200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            if self.process.poll() is not None:
                fail(f"a server ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)
        fail("a server does not start")

    def stop(self, kind=signal.SIGTERM):
        self.process.send_signal(kind)
        self.process.wait()


class Direct:
    """No balancer: each client calls one server after another."""

    def __init__(self, servers):
        self.ports = [server.port for server in servers]

    def stop(self):
        pass


class Balancer:
    def __init__(self, folder, servers):
        if not shutil.which("nginx") and not os.path.exists("/usr/sbin/nginx"):
            fail("nginx is missing: apt-get install nginx-light")
        port = free_port()
        self.ports = [port]
        lines = "\n".join(f"        server 127.0.0.1:{server.port} max_fails=0;" for server in servers)
        config = pathlib.Path(folder) / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, servers=lines, port=port))
        self.process = subprocess.Popen(
            [shutil.which("nginx") or "/usr/sbin/nginx", "-c", config, "-p", folder, "-g", "daemon off;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            time.sleep(0.05)
        fail("nginx does not start")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
