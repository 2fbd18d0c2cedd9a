import "@commentsvc/embed";
import { useCallback, useState } from "react";
import { hydrateRoot } from "react-dom/client";

function App() {
  const [number, turn] = useState(1);
  const [there, show] = useState(true);
  const [state, tell] = useState("");
  // where React takes over what a server has rendered, it adds no listeners of custom events by itself
  const listen = useCallback((node) => {
    const heard = (event) => tell(event.detail.state);
    node.addEventListener("state", heard);
    return () => node.removeEventListener("state", heard);
  }, []);
  const href = `https://news.example.org/${number}`;
  return (
    <main>
      <button id="next" type="button" onClick={() => turn(number + 1)}>Next</button>
      <button id="toggle" type="button" onClick={() => show(!there)}>Toggle</button>
      <output>{state}</output>
      {there && (
        <commentsvc-comments server={SERVER} site="harbour" href={href} lazy="false" ref={listen} />
      )}
    </main>
  );
}

export const rendered = async () => (await import("react-dom/server")).renderToString(<App />);

if (typeof document !== "undefined")
  hydrateRoot(document.querySelector("#app"), <App />, {
    onRecoverableError: (error) => reportError(error),
  });
