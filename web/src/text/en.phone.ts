import { plural } from "./words";

/** A phone that uploads for the page on another screen. */
export const phone = {
  /** On the desktop. */
  open: "Use your phone",
  title: "Take them with your phone",
  lead: "Point your phone’s camera at this code. Photos you send appear here by themselves.",
  codeAlt: "A code to scan with your phone",
  typed: (code: string) => `Code: ${code}`,
  life: (minutes: number) => `It is good for ${plural(minutes, "minute", "minutes")} and for one phone.`,
  local:
    "This address is known to this computer alone. Open Rekindle here by the name or address by which your phone can reach it.",
  arrived: (count: number) => `${plural(count, "photo has", "photos have")} arrived.`,
  renew: "Show a new code",
  done: "Done",
  /** On the phone. */
  page: {
    opening: "Opening…",
    title: "Send photos to your other screen",
    lead: "They appear there as soon as they have arrived.",
    camera: "Take a photo",
    choose: "Choose photos",
    left: (count: number) => `You can send ${plural(count, "photo", "photos")} with this code.`,
    list: "Sent from here",
    over: "This phone can send no more",
    overBody: "The code was used, or its time is over. Show a new one on the other screen and scan it.",
    broken: "There is no code in this address. Scan the one on the other screen again.",
  },
};
