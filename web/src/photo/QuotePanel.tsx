import { Clock, Cpu, type LucideIcon, Scaling, Stamp } from "lucide-react";
import type { ReactNode } from "react";
import { listEngines } from "../api/account";
import { useLoad } from "../lib/useLoad";
import { text } from "../text";
import { formatRangeSum } from "../text/format";
import { ErrorNote } from "../ui/ErrorNote";
import { engineName, promiseOf } from "./engineWords";
import type { Work } from "./options";
import type { Quoted } from "./useQuote";

/** What a job gives, before anything is paid: size, watermark, time, and the engine with what to expect of it. */
export function QuotePanel({ quoted, work }: { quoted: Quoted; work: Work }) {
  const engines = useLoad(() => listEngines(), []);
  const { quote, stale, error } = quoted;
  if (error !== null) {
    return <ErrorNote error={error} onRetry={quoted.reload} />;
  }
  const engine = quote?.engine;
  const promise = engine === undefined ? null : promiseOf(engines.data ?? [], engine.engine, work);
  const time = formatRangeSum(quote?.wait, quote?.run);
  return (
    <section
      aria-labelledby="quote"
      aria-busy={stale}
      className={`grid gap-3 transition-opacity ${stale ? "opacity-60" : ""}`}
    >
      <h2 id="quote" className="font-sans font-semibold">
        {text.quote.title}
      </h2>
      {quote === null ? (
        <div className="pulse h-32 rounded-2xl bg-well" />
      ) : (
        <dl className="grid gap-2.5">
          <Fact icon={Scaling} name={text.quote.size}>
            {text.quote.sizes[quote.resolution] ?? ""}
          </Fact>
          <Fact icon={Stamp} name={text.quote.watermark}>
            {quote.watermark ? text.quote.watermarkYes : text.quote.watermarkNo}
          </Fact>
          {time !== null && (
            <Fact icon={Clock} name={text.quote.wait}>
              {time}
            </Fact>
          )}
          {engine !== undefined && (
            <Fact icon={Cpu} name={text.quote.engine}>
              <span className="font-semibold">{engineName(engine.engine)}</span>
              {engine.fallback && <span className="block text-sm text-ember">{text.quote.fallback}</span>}
              {promise !== null && <span className="mt-0.5 block text-sm text-soft">{promise}</span>}
              {engine.reason !== "" && <span className="mt-0.5 block text-sm text-soft">{engine.reason}</span>}
            </Fact>
          )}
        </dl>
      )}
    </section>
  );
}

function Fact({ icon: Icon, name, children }: { icon: LucideIcon; name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[1.5rem_6rem_1fr] gap-x-2">
      <Icon size={18} className="mt-0.5 text-ember" aria-hidden />
      <dt className="text-soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
