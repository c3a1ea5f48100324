"""Envelopes, and the two codes in each: of the answer, and of every number in it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sandbox.wire import Answer, Refusal, Request, as_text
from trunks.xml import Content, xml_from, xml_of

NAMESPACE = "http://tempuri.org/"
SPACES = {"xmlns:soap": "http://schemas.xmlsoap.org/soap/envelope/", "xmlns": NAMESPACE}
SUCCESS = (100, "Success")
NO_ACCESS = (902, "Invalid username, password or IP address")
NO_FUNDS = (900, "Exception: insufficient account balance")
"""No code is known for it."""
NO_CRITERIA = (302490, "No search criteria defined")
BAD_GROUP = (948, "Endpoint Group does not belong to you")
NO_RECORDS = (101, "No records found")
NOT_YOURS = (909, "You do not own the specified number")
NO_LOCATION = (910, "Location does not exist")
NEVER = "1900-01-01T00:00:00"
Code = tuple[int, str]


def method_of(request: Request) -> str:
    """Give the method that a request names in its header."""
    action = request.headers.get("soapaction", "").strip('"')
    return action.removeprefix(NAMESPACE) if action.startswith(NAMESPACE) else ""


def asked(request: Request) -> Element:
    """
    Read what is asked.

    :raises Refusal: if it is no envelope of that method
    """
    try:
        root = xml_from(request.body)
    except ValueError:
        root = None
    found = None if root is None else root.find(f"Body/{method_of(request) or '-'}")
    if found is None:
        raise Refusal(fault("Server was unable to read request."))
    return found


def answer(method: str, code: Code, content: list[tuple[str, Content]] | None = None) -> Answer:
    """Answer, with a good status whatever the code says."""
    # An answer about money names an amount even where it names none.
    nothing = [("Amount", "0")] if method == "GetPrepaidBalance" else []
    result: Content = [
        ("responseCode", str(code[0])),
        ("responseMessage", code[1]),
        *(nothing if content is None else content),
    ]
    body: Content = [(f"{method}Response", [(f"{method}Result", result)])]
    written = xml_of("soap:Envelope", [("soap:Body", body)], attributes=SPACES)
    return as_text(written, "text/xml")


def refused(method: str, code: Code) -> Refusal:
    """Stop with a code."""
    return Refusal(answer(method, code))


def fault(words: str) -> Answer:
    """Answer as the service does whose own code broke."""
    body: Content = [
        ("soap:Fault", [("faultcode", "soap:Server"), ("faultstring", words), ("detail", "")])
    ]
    written = xml_of("soap:Envelope", [("soap:Body", body)], attributes=SPACES)
    return as_text(written, "text/xml", status=500)
