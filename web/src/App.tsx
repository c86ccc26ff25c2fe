import { lazy, type ReactNode, Suspense } from "react";
import { CallbackPage } from "./auth/CallbackPage";
import { session } from "./auth/session";
import { WelcomePage } from "./auth/WelcomePage";
import { HomePage } from "./home/HomePage";
import { type Route, useRoute } from "./lib/router";
import { useStore } from "./lib/store";
import { useTheme } from "./settings/theme";
import { NotFoundPage } from "./shell/NotFoundPage";
import { Shell } from "./shell/Shell";
import { Loading } from "./ui/Loading";

const CropPage = lazy(() => import("./crop/CropPage"));
const UploadPage = lazy(() => import("./uploads/UploadPage"));
const PhotoPage = lazy(() => import("./photo/PhotoPage"));
const JobPage = lazy(() => import("./job/JobPage"));
const HistoryPage = lazy(() => import("./history/HistoryPage"));
const CreditsPage = lazy(() => import("./credits/CreditsPage"));
const EmailLinkPage = lazy(() => import("./settings/EmailLinkPage"));
const PhonePage = lazy(() => import("./phone/PhonePage"));
const SettingsPage = lazy(() => import("./settings/SettingsPage"));

function pageOf(route: Route): ReactNode {
  switch (route.page) {
    case "home":
    case "callback":
      return <HomePage />;
    case "add":
      return <CropPage />;
    case "upload":
      return <UploadPage key={route.uploadId} uploadId={route.uploadId} />;
    case "photo":
      return <PhotoPage key={route.photoId} photoId={route.photoId} likeJobId={route.fromJobId} />;
    case "job":
      return <JobPage key={route.jobId} jobId={route.jobId} />;
    case "history":
      return <HistoryPage />;
    case "credits":
      return <CreditsPage />;
    case "settings":
      return <SettingsPage />;
    case "email":
      return <EmailLinkPage />;
    case "phone":
      return <PhonePage />;
    case "nowhere":
      return <NotFoundPage />;
  }
}

export function App() {
  useTheme();
  const route = useRoute();
  const signedIn = useStore(session) !== null;
  if (route.page === "callback" && !signedIn) {
    return <CallbackPage />;
  }
  if (route.page === "email" || route.page === "phone") {
    // A link out of an e-mail, or a code, may open in a browser where nobody is signed in.
    return <Suspense fallback={<Loading />}>{pageOf(route)}</Suspense>;
  }
  if (!signedIn) {
    return <WelcomePage />;
  }
  return (
    <Shell>
      <Suspense fallback={<Loading />}>{pageOf(route)}</Suspense>
    </Shell>
  );
}
