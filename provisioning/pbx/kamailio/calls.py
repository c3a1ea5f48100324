"""A real call placed with SIPp, from the address a carrier would call from."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from provisioning.pbx.kamailio.messages import Message, read

_SCENARIO = Path(__file__).with_name("scenarios") / "caller.xml"
_STAMP = re.compile(r"^-{20,} (\d{4}-\d\d-\d\d)\s(\d\d:\d\d:\d\d\.\d+).*$", re.MULTILINE)


class UnableToCall(Exception):
    """No call could be placed; the message says what is missing."""


@dataclass(frozen=True)
class CallResult:
    """
    How a call went.

    `status` is the final answer to the INVITE, 0 if none came; `answered_by` is ``user@domain`` of
    the request that rang; `milliseconds` from the INVITE to the final answer.
    """

    status: int
    answered_by: str
    milliseconds: float

    @property
    def answered(self) -> bool:
        """Tell whether someone picked up."""
        return self.status == 200


def missing() -> str:
    """Say in a sentence what this machine lacks to place calls; empty if nothing."""
    if shutil.which("sipp") is None:
        return "SIPp is not installed. On Debian: apt-get install sip-tester"
    return ""


def place_call(
    *,
    source: str,
    target: str,
    request_user: str,
    to_user: str | None = None,
    from_user: str = "+13105550123",
    seconds: float = 15.0,
) -> CallResult:
    """
    Call once, hang up when answered, and say how it went.

    :param source: the local address to call from, such as 127.0.1.10
    :param target: the router, as host:port
    :param request_user: the user part of the request line, exactly as the carrier would write it;
        empty for a request line without one
    :param to_user: the user part of To, the same unless given
    :raises UnableToCall: if SIPp is missing or the source address is not ours
    """
    if lack := missing():
        raise UnableToCall(lack)
    uri = f"sip:{request_user}@{target}" if request_user else f"sip:{target}"
    keys = {
        "request_uri": uri,
        "to_user": to_user or request_user or "unknown",
        "from_user": from_user,
    }
    with tempfile.TemporaryDirectory(prefix="call-") as folder:
        trace = Path(folder) / "messages"
        command = [
            *("sipp", target, "-i", source, "-p", str(_free_port(source)), "-sf", str(_SCENARIO)),
            *("-m", "1", "-l", "1", "-nostdin", "-timeout", f"{seconds:.0f}s", "-timeout_error"),
            *("-trace_msg", "-message_file", str(trace)),
            *(part for key, value in keys.items() for part in ("-key", key, value)),
        ]
        _run(command, Path(folder), seconds + 5)
        return _result(trace.read_text("utf-8", "replace") if trace.exists() else "")


def _run(command: list[str], folder: Path, seconds: float) -> None:
    try:
        subprocess.run(  # noqa: S603
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise UnableToCall(f"SIPp did not end within {seconds:.0f} s.") from late


def _free_port(source: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((source, 0))
        except OSError as trouble:
            raise UnableToCall(f"{source} is no address of this machine: {trouble}") from trouble
        return int(probe.getsockname()[1])


def _result(trace: str) -> CallResult:
    sent: datetime | None = None
    for at, message in _messages(trace):
        if message.method == "INVITE" and sent is None:
            sent = at
        elif message.status >= 200 and "INVITE" in message.one("cseq") and sent is not None:
            rang = message.one("x-rang").removeprefix("sip:").partition(";")[0]
            answered_by = rang if message.status == 200 else ""
            return CallResult(message.status, answered_by, (at - sent).total_seconds() * 1e3)
    return CallResult(0, "", 0.0)


def _messages(trace: str) -> list[tuple[datetime, Message]]:
    parts = _STAMP.split(trace)
    found = []
    for day, clock, block in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        at = datetime.fromisoformat(f"{day}T{clock[:15]}")
        # Each block opens with a line that says which way the message went.
        message = read(block.lstrip().partition("\n")[2].lstrip())
        if message is not None:
            found.append((at, message))
    return found
