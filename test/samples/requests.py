"""As much of the package `requests` as the document's sample uses, made of Python's own library."""

import json as _json
import urllib.error
import urllib.request


class Response:
    def __init__(self, status_code, content):
        self.status_code = status_code
        self.text = content.decode("utf-8")

    def json(self):
        return _json.loads(self.text)


class Session:
    def __init__(self):
        self.headers = {}

    def get(self, url):
        return self._send("GET", url, None)

    def post(self, url, json=None):
        return self._send("POST", url, json)

    def _send(self, method, url, value):
        headers = dict(self.headers)
        data = None
        if value is not None:
            data = _json.dumps(value).encode("utf-8")
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return Response(answer.status, answer.read())
        except urllib.error.HTTPError as refusal:
            return Response(refusal.code, refusal.read())
