"""The server under load, and the system's data about its process, from /proc (so only on Linux)."""

import dataclasses
import os
import pathlib
import re
import subprocess
import time


@dataclasses.dataclass
class Reading:
    # Bytes that belong to this process alone.
    memory: int
    descriptors: int
    threads: int
    # Seconds of processor time since the start.
    processor: float


class Server:
    def __init__(self, binary, scenario, folder, budget):
        self.journal, self.log = folder / "journal.sqlite", folder / "server.log"
        ready = folder / "ready"
        command = [binary, "serve", scenario, "--port", "0", "--quiet", "--ready-file", ready]
        command += ["--db", self.journal, "--db-budget", budget]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        while not (ready.exists() and ready.read_text().strip()):
            if self.process.poll() is not None:
                raise SystemExit(f"soak: the server did not start:\n{self.log.read_text()}")
            time.sleep(0.05)
        self.port = int(re.search(r":(\d+)", ready.read_text())[1])

    def reading(self):
        if self.process.poll() is not None:
            raise SystemExit(f"soak: the server ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        place = pathlib.Path(f"/proc/{self.process.pid}")
        memory = int(re.search(r"Private_Dirty:\s+(\d+) kB", (place / "smaps_rollup").read_text())[1]) * 1024
        fields = (place / "stat").read_text().rsplit(")", 1)[1].split()
        processor = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return Reading(memory, len(os.listdir(place / "fd")), int(fields[17]), processor)

    def descriptors(self):
        """A description of each open descriptor, for the message about descriptors that stayed open."""
        place = pathlib.Path(f"/proc/{self.process.pid}/fd")
        found = []
        for entry in place.iterdir():
            try:
                found.append(re.sub(r"\[\d+\]", "", os.readlink(entry)))
            except FileNotFoundError:
                continue
        return found

    def stop(self):
        """The exit code. Writing the last exchanges into the journal may take a while."""
        self.process.terminate()
        try:
            return self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "killed after 120 s"
