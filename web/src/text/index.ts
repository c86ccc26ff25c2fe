import { en } from "./en";

/** What the app says, in the language in use. Another language is another object of this type. */
export const text: typeof en = en;
