import { Component, type ReactNode } from "react";
import { text } from "../text";
import { Button } from "../ui/Button";

/** Catches a page that broke, so that the person is not left with an empty window. */
export class Crash extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) {
      return this.props.children;
    }
    return (
      <div role="alert" className="mx-auto grid max-w-md justify-items-center gap-4 px-6 py-24 text-center">
        <h1 className="text-2xl">{text.errors.title}</h1>
        <p className="text-soft">{text.errors.crash}</p>
        <Button look="flame" onClick={() => location.reload()}>
          {text.errors.reload}
        </Button>
      </div>
    );
  }
}
