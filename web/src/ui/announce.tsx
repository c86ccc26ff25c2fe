import { createStore, useStore } from "../lib/store";

const announcement = createStore({ words: "", turn: 0 });

/** Says something to people who cannot see what just changed. */
export function announce(words: string): void {
  announcement.set(({ turn }) => ({ words, turn: turn + 1 }));
}

/** Where announcements are read from. Once in the page. */
export function Announcer() {
  const { words, turn } = useStore(announcement);
  return (
    <div aria-live="polite" className="sr-only">
      <span key={turn}>{words}</span>
    </div>
  );
}
