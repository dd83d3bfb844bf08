// anywidget (0.9.17 to 0.11) gives the code of a widget two seconds to load. On a page that is busy
// for longer, as on a slow machine in the middle of Run All, it drops from then on all that the
// kernel says to the widget: a panel would stay without a picture. So, where that has happened, the
// widget takes its messages past anywidget, and asks the kernel for what it has missed.
function initialize({ model }) {
  const widget = whole(model);
  if (!widget?.comm || !widget._handle_comm_msg) return; // no kernel, or another kind of notebook
  const asked = widget._handle_comm_msg({ content: { data: { method: "none: are messages heard?" } } });
  asked.catch(() => {
    const hear = Object.getPrototypeOf(Object.getPrototypeOf(widget))._handle_comm_msg;
    widget.comm.on_msg(hear.bind(widget));
    widget.comm.send({ method: "request_state" }, {});
  });
}

// What anywidget gives is a part of the model. The whole of it is told with every change.
function whole(model) {
  let found = null;
  const find = (it) => {
    found = it;
  };
  model.on("change:rnn_loaded", find);
  model.set("rnn_loaded", true);
  model.off("change:rnn_loaded", find);
  return found;
}
