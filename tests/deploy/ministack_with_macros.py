"""ministack, a local AWS, with CloudFormation macros, the resource types that it lacks, and more that is as on AWS.

    ministack_with_macros.py DIRECTORY

Serves on a free port of 127.0.0.1, which it writes to DIRECTORY/port as soon as it answers; everything that it keeps
lies in DIRECTORY too. It ends when its standard input is closed, so it never outlives the process that started it.
"""

import os
import pathlib
import socket
import sys
import threading
import time


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _configure(directory, port):
    """ministack reads its settings while it is imported."""
    (directory / "tmp").mkdir()
    os.environ.update(
        # Its own default is every interface.
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        STATE_DIR=str(directory / "state"),
        S3_DATA_DIR=str(directory / "s3"),
        TMPDIR=str(directory / "tmp"),
        LAMBDA_EXECUTOR="local",
        # No server beside the gateway, and no container engine even where there is one.
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        DOCKER_HOST=f"unix://{directory}/no-container-engine",
        # The addresses that functions get are those of loopback too.
        MINISTACK_HOST="127.0.0.1",
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}",
        # Signatures and policies are checked.
        AUTH="true",
        AWS_ACCESS_KEY_ID="000000000000",
        AWS_SECRET_ACCESS_KEY="any",
    )


def _announce(directory, port):
    """The port, once it answers."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    partial = directory / "port.partial"
    partial.write_text(str(port))
    partial.rename(directory / "port")


def _end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    directory = pathlib.Path(sys.argv.pop(1)).resolve()
    port = _free_port()
    _configure(directory, port)

    import macros
    import missing_types
    import own_resources
    import permissions
    import tasks
    from ministack.app import main as serve
    from ministack.services.cloudformation import provisioners

    for module in (macros, missing_types, own_resources, permissions, tasks):
        present = module.RESOURCE_TYPES.keys() & provisioners._RESOURCE_HANDLERS.keys()
        assert not present, f"ministack has these types by now, use its own: {present}"
        provisioners._RESOURCE_HANDLERS.update(module.RESOURCE_TYPES)
        provisioners._REPLACING_PROPERTIES.update(module.REPLACING_PROPERTIES)
        module.install()

    threading.Thread(target=_announce, args=(directory, port), daemon=True).start()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    serve()


if __name__ == "__main__":
    main()
