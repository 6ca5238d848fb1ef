"""For schemathesis: of a stream that never ends the beginning counts, and a connection that became a WebSocket speaks no
HTTP any more."""

from requests.adapters import HTTPAdapter

send = HTTPAdapter.send


def beginning(adapter, request, **settings):
    response = send(adapter, request, **settings)
    if response.headers.get("content-type") == "text/event-stream":
        response._content = next(response.iter_content(1024), b"")
        response._content_consumed = True
        response.close()
    if response.status_code == 101:
        response.close()
        adapter.poolmanager.clear()
    return response


HTTPAdapter.send = beginning
