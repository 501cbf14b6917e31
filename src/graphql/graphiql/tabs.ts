/** A tab that GraphiQL opens with: operations, of which its play button offers each. */
export interface Tab {
  readonly query: string;
}

const welcome = `# Welcome to Parlance.
#
# Each tab is one step of a minute's tour. The play
# button offers the operations of a tab; Ctrl-Enter runs
# the one that the cursor is in. The book at the top
# left has the documentation of the whole schema.
#
# After Register or LogIn this page sends your token
# with everything it asks, until you close the
# browser's tab. Open this address in a second browser
# tab, with another username, to be a second person
# there.

mutation Register {
  register(
    input: {
      username: "ann"
      displayName: "Ann"
      email: "ann@example.org"
      password: "correct horse battery"
    }
  ) {
    expiresIn
    accessToken
    user {
      id
      username
    }
  }
}

mutation LogIn {
  login(
    input: {
      username: "ann"
      password: "correct horse battery"
    }
  ) {
    accessToken
    user {
      id
    }
  }
}

query WhoAmI {
  viewer {
    user {
      id
      username
      displayName
    }
    unreadMessageCount
  }
}
`;

const read = `# "global" is the room that everybody is in. Its
# newest messages, oldest first:

query Read {
  room(slug: "global") {
    id
    name
    memberCount
    cursor
    messages(last: 20) {
      nodes {
        seq
        sender {
          username
        }
        content
        createdAt
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}

# Every conversation that you are in, of whichever
# kind.

query Conversations {
  viewer {
    conversations(first: 20) {
      nodes {
        id
        kind
        title
        unreadCount
        lastMessage {
          content
        }
      }
    }
  }
}
`;

const write = `# conv_1 is the room "global".

mutation Send {
  sendMessage(
    input: {
      conversationId: "conv_1"
      content: "Hello, 世界!"
    }
  ) {
    message {
      id
      seq
      cursor
    }
  }
}

mutation Open {
  createRoom(
    input: {
      name: "Tea"
      description: "What we drink"
      visibility: PUBLIC
    }
  ) {
    room {
      id
      slug
    }
  }
}
`;

const listen = `# Runs until you stop it. Send something from the tab
# before, or as somebody else in a second browser tab.

subscription Listen {
  messageAdded {
    cursor
    conversation {
      title
    }
    sender {
      username
    }
    content
  }
}

# The whole log of one conversation: what is added and
# what is changed, in order. With "after", a cursor
# that you have seen, it begins with what you missed.

subscription Log {
  conversationEvents(conversationId: "conv_1") {
    __typename
    ... on MessageAdded {
      cursor
      edge {
        node {
          content
        }
      }
    }
    ... on MessageUpdated {
      cursor
      message {
        id
        content
        isDeleted
      }
    }
    ... on ResyncRequired {
      cursor
    }
  }
}
`;

/** The tour: every operation of it works on a fresh server, from the first tab to the last. */
export const TABS: readonly Tab[] = [welcome, read, write, listen].map((query) => ({ query }));
