"""A start that can't be is refused before anything is made, and leaves nothing behind."""

import socket

from click.testing import CliRunner

from giamngheo.cli.run import command


def test_a_port_in_use_is_said_before_anything_is_prepared() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = CliRunner().invoke(command, ["--port", str(port)])
    assert result.exit_code == 1
    assert f"127.0.0.1:{port}" in result.output and "--port" in result.output
    assert "Tạo bảng" not in result.output
