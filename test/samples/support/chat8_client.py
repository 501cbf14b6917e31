"""Runs document 002's Python sample against a server, and prints as JSON what came of it.

Usage: chat8_client.py SAMPLE BASE_URL [USERNAME PASSWORD RECEIVER_ID CONTENT]

With a user name the class is used by hand; without one the sample's own lines do it. Either way the base URL is given to
the constructor, and nothing else is different.
"""

import json
import sys

EXAMPLE = "# 使用示例"

sample, base_url, *given = sys.argv[1:]
with open(sample, encoding="utf-8") as file:
    declarations, example = file.read().split(EXAMPLE)

names = {}
exec(compile(declarations, sample, "exec"), names)
Chat8API = names["Chat8API"]


def refusal_of(ask):
    """What the class says of a refusal, without the server's words."""
    try:
        ask()
    except Exception as error:
        return str(error).split(":")[0]
    return "none"


def by_hand(username, password, receiver_id, content):
    nobody = Chat8API(base_url)
    api = Chat8API(base_url)
    return {
        "login": api.login(username, password),
        "friends": api.get_friends(),
        "message": api.send_message(int(receiver_id), content),
        "refusals": [
            refusal_of(lambda: nobody.login(username, "not the password")),
            refusal_of(nobody.get_friends),
            refusal_of(lambda: nobody.send_message(int(receiver_id), content)),
        ],
    }


def as_it_stands():
    printed = []
    names = {"Chat8API": lambda: Chat8API(base_url), "print": lambda *words: printed.append(words)}
    exec(compile(example, sample, "exec"), names)
    return {"printed": printed}


print(json.dumps(by_hand(*given) if given else as_it_stands()))
