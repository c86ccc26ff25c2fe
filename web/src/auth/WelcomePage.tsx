import { useEffect } from "react";
import { Logo } from "../shell/Logo";
import { text } from "../text";
import { Compare } from "../ui/Compare";
import { Mounted } from "../ui/Mounted";
import { SampleScene } from "./SampleScene";
import { SignInForm } from "./SignInForm";

/** The front page: what Rekindle does, and the way in. */
export function WelcomePage() {
  useEffect(() => {
    document.title = `${text.app.name} · ${text.app.tagline}`;
  }, []);
  return (
    <main className="mx-auto grid max-w-6xl gap-6 px-5 pt-[max(1.25rem,env(safe-area-inset-top))] pb-16 md:gap-8 md:px-8 md:pt-8 lg:grid-cols-[1.05fr_1fr] lg:gap-x-16">
      <header className="lg:col-span-2">
        <Logo />
      </header>
      <div className="settle order-2 grid content-center gap-5 lg:order-1">
        <h1 className="text-[2rem] md:text-5xl lg:text-[3.6rem]">{text.welcome.title}</h1>
        <p className="max-w-xl text-soft md:text-lg">{text.welcome.lead}</p>
        <SignInForm />
      </div>
      <figure className="settle order-1 mx-auto w-full max-w-[min(36rem,44dvh)] lg:max-w-xl rotate-[1.2deg] self-center lg:order-2">
        <Mounted>
          <Compare
            aspect={4 / 3}
            start={46}
            label={text.welcome.sampleLabel}
            before={<SampleScene old />}
            after={<SampleScene />}
            className="rounded-[2px]"
          />
        </Mounted>
        <figcaption className="mt-3 text-center font-display text-soft">{text.welcome.sampleCaption}</figcaption>
      </figure>
      <ul className="order-3 grid gap-6 border-t border-line pt-8 sm:grid-cols-3 lg:col-span-2">
        {text.welcome.points.map(([title, body]) => (
          <li key={title} className="grid content-start gap-1.5">
            <h2 className="text-lg">{title}</h2>
            <p className="text-soft">{body}</p>
          </li>
        ))}
      </ul>
    </main>
  );
}
