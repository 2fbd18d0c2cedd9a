// `import "@commentsvc/embed/react"` in a declaration file: the element's attributes in JSX (React 19).
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { CommentsvcAttributes, CommentsvcComments, CommentsvcEvents } from "@commentsvc/embed";

type Handlers = { [name in keyof CommentsvcEvents as `on${name}`]?: (event: CommentsvcEvents[name]) => void };
type Html = Omit<DetailedHTMLProps<HTMLAttributes<CommentsvcComments>, CommentsvcComments>, keyof CommentsvcAttributes>;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "commentsvc-comments": Html & CommentsvcAttributes & Handlers;
    }
  }
}
