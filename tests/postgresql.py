"""A real PostgreSQL of Debian's packages, whose cluster is in a folder of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from servers import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "postgres"


class PostgreSQL:
    """`url` names its database; stop, crash and start keep what is in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="digits-postgresql-"))
        self.port = free_port()
        self.url = f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"
        self.as_user: list[str] = []
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            self.as_user = ["runuser", "-u", USER, "--"]
            os.chown(self.folder, pwd.getpwnam(USER).pw_uid, -1)
        self._run("initdb", "--no-sync", "--auth=trust", f"--username={USER}", "--encoding=UTF8")

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
        self._run("pg_ctl", "start", "--wait", f"--log={self.folder}/log", f"--options={options}")

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "stop", "--wait", f"--mode={how}")

    def crash(self) -> None:
        """Ends without writing anything more; the next start recovers from its log."""
        self.stop("immediate")

    def remove(self) -> None:
        if (self.folder / "data/postmaster.pid").exists():
            self.crash()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.as_user, str(PROGRAMS[-1] / program), f"--pgdata={self.folder}/data", *arguments]
        # Into a file: a server that is started would keep a pipe open.
        with (self.folder / "said").open("wb") as said:
            done = subprocess.run(command, stdout=said, stderr=said, cwd=self.folder)
        assert done.returncode == 0, (self.folder / "said").read_text()
