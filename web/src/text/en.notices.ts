/** Being told of what happens while one looks elsewhere. */
export const notices = {
  title: "Notifications",
  lead: "When a photo is done, we can tell you while Rekindle is closed.",
  push: "On this device",
  pushStates: {
    unsupported: "This browser cannot be notified. On an iPhone or iPad, put Rekindle on your home screen first.",
    unavailable: "This Rekindle has no notifications set up.",
    denied: "You have blocked notifications for Rekindle. Allow them in your browser’s settings for this site.",
    off: "Off",
    on: "On",
  },
  refused: "Your browser did not let us. Nothing was changed.",
  tellOf: "Tell me when",
  ways: { push: "Notifications", email: "E-mail" },
  kinds: { completed: "a photo is ready", failed: "a photo could not be done" },
  kindBy: (kind: string, way: string) => `${way}: ${kind}`,
  email: "E-mail",
  emailLead: "A short e-mail with a link, never with a photo.",
  emailLabel: "Your e-mail address",
  emailSend: "Send me a link to confirm",
  emailWaiting: (address: string) => `We sent a link to ${address}. Follow it within a day.`,
  emailAgain: "Send it again",
  emailOn: (address: string) => `Goes to ${address}`,
  emailRemove: "Remove the address",
  /** Pages that links in e-mail lead to. */
  link: {
    confirmTitle: "Confirm your e-mail address",
    confirmBody: "From then on we write to it when a photo is done.",
    confirm: "Confirm",
    confirmed: "Confirmed. We will write to you when a photo is done.",
    unsubscribeTitle: "No more e-mail?",
    unsubscribeBody: "Your address is forgotten. You can give it again in the settings.",
    unsubscribe: "Stop the e-mail",
    unsubscribed: "Done. No more e-mail is sent there.",
    broken: "This link is not whole. Please open it from the e-mail again.",
  },
  /** What a notification shows. */
  shown: {
    completed: { title: "Your photo is ready", body: "Press to look at it." },
    failed: { title: "A photo could not be done", body: "Press to see why." },
    other: { title: "Rekindle", body: "There is news of your photos." },
  },
};
