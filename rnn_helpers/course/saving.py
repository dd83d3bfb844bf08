"""What a Jupyter server does when it reads and saves a notebook of the course.

A saved one keeps its pictures, and one that was only opened counts as saved. Installing the package
enables this file as an extension of the server (by
``etc/jupyter/jupyter_server_config.d/rnn_helpers.json``), so it imports nothing of the others.
"""

import inspect
import platform
from collections.abc import Awaitable, Callable

from rnn_helpers.course.notebook_file import VIEW, each_output, is_of_the_course
from rnn_helpers.course.reopening import LiveViews, widgets_of

PLAIN = {"name": "python3", "display_name": "Python 3", "language": "python"}  # as files have it


def drop_view(data: dict) -> None:
    """Drop a widget's live view from the data of an output where a picture or HTML is beside it.

    A live view needs the kernel that made it. Without one JupyterLab would show "model not found"
    in the place of the picture. ``data`` is changed in place. Text alone does not stand in for a
    view: it is only the name of the widget.
    """
    if set(data) - {VIEW, "text/plain"}:
        data.pop(VIEW, None)


def keep_pictures(model: dict, **_: object) -> None:
    """Drop from a notebook that is about to be saved what does not outlive its kernel.

    These are the live views (:func:`drop_view`) and what :func:`name_kernel` said of the machine.
    ``model`` is Jupyter's, as for ``pre_save_hook``; it is changed in place. What is on the screen
    stays live. A notebook that does not use the package is left alone: the server may be shared.
    """
    if not is_of_the_course(model):
        return
    for _cell, _index, data in each_output(model):
        drop_view(data)
    metadata = model["content"].get("metadata", {})
    metadata.get("language_info", {}).pop("version", None)
    if metadata.get("kernelspec", {}).get("name") == PLAIN["name"]:
        metadata["kernelspec"] = dict(PLAIN)


def name_kernel(model: dict, find_spec: Callable[[str], object]) -> dict:
    """Return the ``model`` of a notebook that was read, with what its kernel is going to say.

    JupyterLab writes the name of the kernel and the version of Python into a notebook as soon as it
    is opened. Where these stand there already it changes nothing, and asks nobody to save what
    nobody changed. ``find_spec`` gives a kernel by its name; one that it does not find, or a
    notebook that does not use the package, is left alone. ``model`` is changed in place.
    """
    if not is_of_the_course(model):
        return model
    metadata = model["content"].get("metadata", {})
    kernel, language = metadata.get("kernelspec", {}), metadata.get("language_info", {})
    if kernel.get("name") and language.get("name") == "python":
        try:
            spec = find_spec(kernel["name"])
        except Exception:  # of whatever kind, as the class of the server's kernels may be any
            return model
        kernel.update(display_name=spec.display_name, language=spec.language)
        language["version"] = platform.python_version()
    return model


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: object) -> None:
    manager, find_spec = server.contents_manager, server.kernel_spec_manager.get_kernel_spec
    views = LiveViews(widgets_of(server))
    manager.register_pre_save_hook(views.keep)
    manager.register_pre_save_hook(keep_pictures)
    if not inspect.iscoroutinefunction(find_spec):  # else kernels run elsewhere: what do we know?
        manager.get = _and_then(manager.get, lambda model: name_kernel(model, find_spec))
    if inspect.iscoroutinefunction(getattr(type(manager), "get", None)):
        manager.get = _then_give_back(manager.get, views)


def _and_then(get: Callable[..., object], change: Callable[[dict], dict]) -> Callable[..., object]:
    """Return ``get`` with its result changed, whether it gives it at once or is awaited."""

    async def later(model: Awaitable[dict]) -> dict:
        return change(await model)

    def changed(*given: object, **named: object) -> object:
        model = get(*given, **named)
        return later(model) if inspect.isawaitable(model) else change(model)

    return changed


def _then_give_back(get: Callable[..., Awaitable[dict]], views: LiveViews) -> Callable[..., object]:
    async def changed(path: str, *given: object, **named: object) -> dict:
        return await views.give_back(await get(path, *given, **named), path)

    return changed
