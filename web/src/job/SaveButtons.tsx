import { Download, Share2 } from "lucide-react";
import { useState } from "react";
import type { Job, JobOutput } from "../gen/rekindle/jobs/v1/job_pb";
import { workOfJob } from "../photo/options";
import { text } from "../text";
import { Button } from "../ui/Button";
import { useContent } from "../ui/PhotoImage";
import { resultFilename } from "./picture";

interface SaveButtonsProps {
  photoId: string;
  output: JobOutput;
  job: Job;
  filename: string;
}

const SUFFIX = { restore: "restored", colourize: "in-colour", both: "restored-in-colour", other: "result" } as const;

/** Download, and share where the browser can. */
export function SaveButtons({ photoId, output, job, filename }: SaveButtonsProps) {
  const { content } = useContent(photoId, output.id);
  const [failed, setFailed] = useState(false);
  const name = resultFilename(filename, SUFFIX[workOfJob(job)], output.contentType);
  const file =
    content === null ? null : new File([content.blob], name, { type: output.contentType || content.blob.type });
  const sharable = file !== null && (navigator.canShare?.({ files: [file] }) ?? false);

  const download = () => {
    if (content !== null) {
      const link = document.createElement("a");
      link.href = content.url;
      link.download = name;
      link.click();
    }
  };

  const share = async () => {
    if (file === null) {
      return;
    }
    setFailed(false);
    try {
      await navigator.share({ files: [file], title: text.job.shareTitle });
    } catch (thrown) {
      // Closing the share sheet is no failure.
      setFailed(!(thrown instanceof DOMException && thrown.name === "AbortError"));
    }
  };

  return (
    <div className="grid gap-2">
      <div className="flex gap-2">
        <Button
          look="flame"
          size="large"
          className="flex-1"
          disabled={content === null}
          icon={<Download size={22} aria-hidden />}
          onClick={download}
        >
          {text.job.download}
        </Button>
        {sharable && (
          <Button size="large" icon={<Share2 size={22} aria-hidden />} onClick={share}>
            {text.job.share}
          </Button>
        )}
      </div>
      {failed && (
        <p role="alert" className="text-sm text-grease">
          {text.job.noShare}
        </p>
      )}
    </div>
  );
}
