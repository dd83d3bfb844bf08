"""What any JupyterHub is told of the course: the part of its settings that is the same everywhere.

`jupyterhub_config.py` beside this file reads it. The Littlest JupyterHub reads it too, if both this
file and `start` lie in /opt/tljh/config/jupyterhub_config.d.
"""

from pathlib import Path

HERE = Path(__file__).resolve().parent
DROP_FOLDER = "/srv/class"  # made by: install -d -o TEACHER -m 1733 /srv/class

c = get_config()  # noqa: F821

# Each learner gets copies of their own, which no later start writes over.
c.Spawner.cmd = [str(HERE / "start"), "jupyterhub-singleuser"]
c.Spawner.default_url = "/lab/tree/rnn-course/00_start_here.ipynb"

# The learners share the cores: one thread for each kernel. The drop folder is for share_progress().
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1", "RNN_HELPERS_CLASS": DROP_FOLDER}

# A kernel that did nothing for an hour, and whose notebook no browser shows, is ended.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=300",
]

# A server and some kernels. It is enforced by spawners that can: systemd's, Docker's, Kubernetes'.
c.Spawner.mem_limit = "1G"
