import { TABS } from "./tabs.ts";

/** What GraphiQL is told; the rest of its settings are its own. */
const settings = {
  title: "Parlance",
  logo: "",
  endpoint: "/graphql",
  subscriptionsProtocol: "WS",
  defaultTabs: TABS,
  defaultEditorToolsVisibility: false,
  inputValueDeprecation: true,
};

/**
 * Starts GraphiQL in the page. Whoever registers or logs in is logged in from then on: the page remembers the token, for
 * as long as the browser's tab is open, and sends it with requests that have no Authorization of their own, and with
 * subscriptions. A token that is answered 401 is forgotten.
 */
export const START_SCRIPT = `"use strict";
(async () => {
  const settings = ${JSON.stringify(settings)};
  const KEY = "parlance:token";
  const plainFetch = globalThis.fetch.bind(globalThis);

  const remember = (answer) => {
    for (const field of Object.values(answer?.data ?? {})) {
      if (typeof field?.accessToken === "string") sessionStorage.setItem(KEY, field.accessToken);
    }
    if (answer?.data?.logout) sessionStorage.removeItem(KEY);
  };

  globalThis.fetch = async (resource, init = {}) => {
    const headers = new Headers(init.headers);
    const token = sessionStorage.getItem(KEY);
    const isOurs = token !== null && !headers.has("authorization");
    if (isOurs) headers.set("authorization", "Bearer " + token);
    const response = await plainFetch(resource, { ...init, headers });
    if (response.status === 401 && isOurs) sessionStorage.removeItem(KEY);
    response.clone().json().then(remember, () => {});
    return response;
  };

  globalThis.MonacoEnvironment = {
    globalAPI: false,
    getWorkerUrl: (_module, label) =>
      ({ json: "/graphiql/json.worker.js", graphql: "/graphiql/graphql.worker.js" })[label] ?? "/graphiql/editor.worker.js",
  };

  // Tabs are measured once: with fonts that come later, the first press on one would be lost.
  await Promise.allSettled([...document.fonts].map((font) => font.load()));
  YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), {
    ...settings,
    connectionParams: () => {
      const token = sessionStorage.getItem(KEY);
      return token === null ? {} : { token };
    },
  });
})();
`;
