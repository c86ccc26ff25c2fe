import { api } from "../api/clients";
import { useLiveEvents } from "../api/liveEvents";
import type { LedgerEntry } from "../gen/rekindle/credits/v1/account_pb";
import { Link, paths } from "../lib/router";
import { usePages } from "../lib/usePages";
import { text } from "../text";
import { dateOf, formatDay, formatTime } from "../text/format";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";

/** Where every credit came from and went. */
export function Ledger() {
  const entries = usePages<LedgerEntry>(async (pageToken, signal) => {
    const answer = await api.credits.listLedgerEntries({ pageSize: 15, pageToken }, { signal });
    return { items: answer.entries, nextPageToken: answer.nextPageToken };
  }, []);
  useLiveEvents((event) => {
    if (event === null || event.type.startsWith("credits.")) {
      entries.reload();
    }
  });
  return (
    <section aria-labelledby="ledger" className="grid gap-4">
      <h2 id="ledger" className="text-2xl">
        {text.credits.ledger}
      </h2>
      {entries.error !== null && <ErrorNote error={entries.error} onRetry={entries.reload} />}
      {entries.items.length === 0 && !entries.loading && entries.error === null && (
        <p className="text-soft">{text.credits.ledgerEmpty}</p>
      )}
      {entries.items.length > 0 && (
        <ul className="sheet divide-y divide-line rounded-2xl">
          {entries.items.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      {entries.more !== null && (
        <Button className="justify-self-center" disabled={entries.loading} onClick={entries.more}>
          {text.app.more}
        </Button>
      )}
    </section>
  );
}

function Entry({ entry }: { entry: LedgerEntry }) {
  const time = dateOf(entry.createTime);
  const gain = entry.amount > 0;
  return (
    <li className="flex items-baseline justify-between gap-4 px-4 py-3">
      <div className="min-w-0">
        <p className="font-semibold">{text.credits.entries[entry.type] ?? entry.reason}</p>
        {entry.reason !== "" && <p className="text-sm text-soft">{entry.reason}</p>}
        <p className="text-sm text-soft">
          {time !== null && (
            <time dateTime={time.toISOString()}>
              {formatDay(time)}, {formatTime(time)}
            </time>
          )}
          {entry.jobId !== "" && (
            <>
              {" · "}
              <Link href={paths.job(entry.jobId)} className="text-ember underline underline-offset-4">
                {text.credits.toJob}
              </Link>
            </>
          )}
        </p>
      </div>
      <div className="text-right whitespace-nowrap tabular-nums">
        <p className={`text-lg font-semibold ${gain ? "text-moss" : "text-ink"}`}>
          {gain ? "+" : "−"}
          {Math.abs(entry.amount)}
        </p>
        <p className="text-sm text-soft">{text.credits.balanceAfter(entry.balanceAfter)}</p>
      </div>
    </li>
  );
}
