// Two clients from npm score a comment, with nothing changed but the address.
// Usage: node clients.cjs google|perspective-api-client http://127.0.0.1:PORT/ KEY
const [, , which, root, key] = process.argv;
const text = "What an idiot";

const clients = {
  // google.discoverAPI(url) of the package googleapis is these two lines
  async google() {
    const { Discovery } = require("googleapis-common");
    const make = await new Discovery({}).discoverAPI(`${root}$discovery/rest?version=v1alpha1`);
    const api = make({}, { _options: {} });
    const answer = await api.comments.analyze({
      key,
      requestBody: { comment: { text }, requestedAttributes: { TOXICITY: {} }, languages: ["en"] },
    });
    return answer.data;
  },

  async "perspective-api-client"() {
    // its address is a constant, so that it is changed where the request leaves
    require("axios").interceptors.request.use((request) => ({
      ...request,
      url: request.url.replace("https://commentanalyzer.googleapis.com/", root),
    }));
    const Perspective = require("perspective-api-client");
    return new Perspective({ apiKey: key }).analyze(text, { attributes: ["toxicity", "insult"] });
  },
};

clients[which]().then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
