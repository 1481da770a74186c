"""The two measured programs, each started on a free port and stopped with its `with` block."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ["SPARRING_BINARY"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connected(port, process, limit=10):
    """The seconds until the port accepts a connection."""
    start = time.perf_counter()
    while time.perf_counter() - start < limit:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return time.perf_counter() - start
        except ConnectionRefusedError:
            if process.poll() is not None:
                raise SystemExit(f"bench: {process.args[0]} ended with {process.returncode}") from None
            time.sleep(0.0002)
    raise SystemExit(f"bench: no program listens on {port}")


class Running:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Sparring(Running):
    def __init__(self, scenario, *options):
        self.port = free_port()
        # The time `start` is measured from the spawn to the first accepted connection.
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [BINARY, "serve", HERE / "scenarios" / f"{scenario}.yaml", "--port", str(self.port), "--quiet", *options],
            stdout=subprocess.DEVNULL,
        )
        connected(self.port, self.process)
        self.start = time.perf_counter() - start

    def resident(self):
        """The memory in use, in kilobytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


class Nginx(Running):
    """Answers every request with the given head and body, from memory: the speed limit of the machine.

    With `worker_processes auto` and one listening socket, the kernel hands either all of a client's connections to one worker or some to
    each, and nginx is nearly twice as fast in one start as in the next. So the number is fixed: one worker, or two with a socket each.
    """

    def __init__(self, head, body, workers):
        self.port = free_port()
        self.directory = tempfile.TemporaryDirectory()
        own = {"content-length", "connection", "date", "server", "content-type", "transfer-encoding"}
        fields = [line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line]
        content_type = next(value for name, value in fields if name.lower() == "content-type")
        headers = "".join(f"add_header {n} {quoted(v)} always;\n" for n, v in fields if n.lower() not in own)
        config = pathlib.Path(self.directory.name) / "nginx.conf"
        config.write_text(f"""
            daemon off; worker_processes {workers}; pid {self.directory.name}/pid; error_log {self.directory.name}/log;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; keepalive_requests 1000000000; server_tokens off;
                client_body_temp_path {self.directory.name}/body; proxy_temp_path {self.directory.name}/proxy;
                fastcgi_temp_path {self.directory.name}/fastcgi; uwsgi_temp_path {self.directory.name}/uwsgi;
                scgi_temp_path {self.directory.name}/scgi;
                server {{
                    listen 127.0.0.1:{self.port}{" reuseport" if workers > 1 else ""};
                    location / {{ default_type {quoted(content_type)}; {headers} return 200 {quoted(body)}; }}
                }}
            }}""")
        self.process = subprocess.Popen(["nginx", "-c", config, "-p", self.directory.name])
        connected(self.port, self.process)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "") + '"'
