/** Attributes of `<commentsvc-comments>`. Only `server` and `site` are needed to show a box. */
export interface CommentsvcAttributes {
  /** The service's address, such as `https://comments.example.org`. */
  server?: string;
  /** The site's key. */
  site?: string;
  /** The article's address. Without it, the page's address is used. */
  href?: string;
  /** The title shown to moderators and in emails. */
  "article-title"?: string;
  /** The page's tags, such as `politics, live`: up to 10. */
  tags?: string;
  /** 1–100 comments before “show more”. */
  numposts?: number | string;
  "order-by"?: "top" | "newest" | "oldest";
  colorscheme?: "light" | "dark" | "auto";
  /** Pixels (at least 320) or `100%`. */
  width?: number | string;
  /** By default, the box loads when it is near the screen. `"false"` loads it immediately. */
  lazy?: boolean | "true" | "false";
  locale?: string;
  "sign-in-url"?: string;
  /** The frame's title for screen readers. */
  label?: string;
  /** The ID of the comment at which the box opens. */
  comment?: string;
}

export type CommentsvcState = "waiting" | "shown" | "refused" | "away";

/** Events of the element, as `CustomEvent` with this `detail`. */
export interface CommentsvcEvents {
  "comment-create": CustomEvent<{ href: string; commentID: string; parentCommentID?: string; message?: string }>;
  "comment-remove": CustomEvent<{ href: string; commentID: string; message: string }>;
  resize: CustomEvent<{ height: number }>;
  state: CustomEvent<{ state: CommentsvcState; reason?: string }>;
}

/** The loader's API. */
export interface Commentsvc {
  server: string;
  mount(node: Element | ShadowRoot, options?: Record<string, string>): HTMLIFrameElement;
  unmount(node: Element | ShadowRoot): void;
  on(name: string, then: (detail: any, node: Element) => void): void;
  scheme(node?: Element, scheme?: "light" | "dark" | "auto" | ""): void;
  counts(node?: Element): void;
  signIn(token: string | (() => Promise<string>)): void;
  signOut(): void;
}

export declare class CommentsvcComments extends HTMLElement {
  server: string;
  site: string;
  href: string;
  articleTitle: string;
  tags: string;
  numposts: string;
  orderBy: string;
  colorscheme: string;
  width: string;
  lazy: string;
  locale: string;
  signInUrl: string;
  label: string;
  comment: string;
}

/** The loader's API, fetched from this server unless the page has it. Rejects if it cannot be loaded. */
export declare function load(server: string): Promise<Commentsvc>;

declare global {
  interface HTMLElementTagNameMap {
    "commentsvc-comments": CommentsvcComments;
  }
}
