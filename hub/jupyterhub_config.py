"""A JupyterHub for a class on one machine, with an account of the system for each learner.

    jupyterhub -f /opt/rnn-hub/hub/jupyterhub_config.py

docs/hub.md says how /opt/rnn-hub is made. Who may log in, and by what, is yours to say: as it
stands, those who have an account and a password on this machine.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = Path(sys.prefix, "bin")  # of the one environment, which learners can read and not write

c = get_config()  # noqa: F821
load_subconfig(str(HERE / "rnn_course.py"))  # noqa: F821

c.JupyterHub.bind_url = "http://:8000"  # behind a web server that speaks https
c.JupyterHub.cleanup_servers = True
c.ConfigurableHTTPProxy.command = str(HERE / "node_modules" / ".bin" / "configurable-http-proxy")
c.Authenticator.allow_all = True
os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"  # servers are given it too

# A server that nobody used for two hours is stopped. What is saved stays.
c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["culler"],
    }
]
culler = [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=7200", "--cull-every=300"]
c.JupyterHub.services = [{"name": "culler", "command": culler}]
