/** A seaside afternoon, drawn: what the front page shows restoring with, before anybody has sent a photo. */
export function SampleScene({ old = false }: { old?: boolean }) {
  return (
    <svg
      viewBox="0 0 480 360"
      preserveAspectRatio="xMidYMid slice"
      className="absolute inset-0 size-full"
      style={old ? { filter: "grayscale(1) sepia(0.5) contrast(0.62) brightness(1.12)" } : undefined}
      aria-hidden
      focusable="false"
    >
      <defs>
        <linearGradient id={old ? "sky-old" : "sky"} x2="0" y2="1">
          <stop offset="0" stopColor="#6fa9cf" />
          <stop offset="0.65" stopColor="#cfe3e4" />
          <stop offset="1" stopColor="#fbe8c6" />
        </linearGradient>
        <linearGradient id={old ? "sea-old" : "sea"} x2="0" y2="1">
          <stop offset="0" stopColor="#5fa3a8" />
          <stop offset="1" stopColor="#2f6f80" />
        </linearGradient>
        <linearGradient id={old ? "sand-old" : "sand"} x2="0" y2="1">
          <stop offset="0" stopColor="#f0d6a2" />
          <stop offset="1" stopColor="#d6ad6c" />
        </linearGradient>
      </defs>
      <rect width="480" height="360" fill={`url(#${old ? "sky-old" : "sky"})`} />
      <circle cx="376" cy="92" r="30" fill="#fff3cf" />
      <g fill="#fff" opacity="0.85">
        <path d="M52 74c6-14 26-16 33-4 10-6 24 0 24 11H46c-6 0-6-7 6-7z" />
        <path d="M222 46c4-9 17-10 22-2 7-4 16 0 16 7h-42c-4 0-4-5 4-5z" />
      </g>
      <path d="M0 196c40-22 76-30 120-22 30 5 52 18 82 22H0z" fill="#6f8f73" />
      <path d="M0 196c30-12 60-16 92-10 20 4 34 8 50 10z" fill="#577a61" />
      <rect y="194" width="480" height="78" fill={`url(#${old ? "sea-old" : "sea"})`} />
      <g stroke="#e9f6f1" strokeLinecap="round" opacity="0.75">
        <path d="M300 206h44M356 212h30M286 220h26M330 230h56M402 222h24M250 236h34M346 246h38" strokeWidth="2.4" />
      </g>
      <path d="M404 194l10-40 3 40z" fill="#fbf4e4" />
      <path d="M402 194l10-34-22 34z" fill="#c8413a" />
      <path d="M384 196h42l-7 10h-27z" fill="#5b3a24" />
      <path d="M0 262c70-14 130 6 210 2 90-4 170-24 270-8v104H0z" fill={`url(#${old ? "sand-old" : "sand"})`} />
      <path d="M0 264c70-14 130 6 210 2 90-4 170-24 270-8" stroke="#fff8e6" strokeWidth="5" fill="none" opacity="0.8" />
      <Hut />
      <People />
      {old && <Damage />}
    </svg>
  );
}

function Hut() {
  return (
    <g>
      <path d="M34 178l56-42 56 42v96H34z" fill="#f7efdd" />
      <path d="M46 178h14v96H46zM74 166h14v108H74zM102 166h14v108h-14zM128 178h12v96h-12z" fill="#b8433a" />
      <path d="M26 184l64-50 64 50-7 8-57-44-57 44z" fill="#3f6b66" />
      <rect x="74" y="206" width="34" height="68" rx="2" fill="#3f6b66" />
      <circle cx="101" cy="242" r="2.6" fill="#f3c65a" />
      <path d="M28 272h126l4 8H24z" fill="#8a5a35" />
    </g>
  );
}

function People() {
  return (
    <g strokeLinecap="round" strokeLinejoin="round">
      <ellipse cx="236" cy="322" rx="34" ry="5" fill="#8a6434" opacity="0.35" />
      <ellipse cx="312" cy="318" rx="24" ry="4" fill="#8a6434" opacity="0.35" />
      <path d="M229 318v-24M243 318v-24" stroke="#dba77f" strokeWidth="7" />
      <path d="M236 218c14 0 17 12 18 24l9 56h-54l9-56c1-12 4-24 18-24z" fill="#c53b3f" />
      <path d="M219 240c-9 9-14 22-15 32M252 238c12 6 24 12 36 12" stroke="#dba77f" strokeWidth="7" fill="none" />
      <path d="M212 262c14 5 34 5 48 0l2 9c-16 5-36 5-52 0z" fill="#f7efdd" opacity="0.85" />
      <circle cx="236" cy="203" r="13" fill="#e6b78f" />
      <path d="M223 204c-3-17 8-20 14-20s16 4 12 20c-3-7-9-10-14-10s-9 3-12 10z" fill="#4b2f1e" />
      <ellipse cx="236" cy="192" rx="23" ry="5" fill="#f0d291" />
      <path d="M225 191c0-12 22-12 22 0z" fill="#f0d291" />
      <path d="M307 316v-22M318 316v-22" stroke="#dba77f" strokeWidth="6" />
      <path d="M300 296c0-24 3-38 12-38s13 14 13 38z" fill="#2f6aa3" />
      <path d="M301 272l-12-20M323 270c8-8 12-22 13-34" stroke="#dba77f" strokeWidth="6" fill="none" />
      <circle cx="312" cy="246" r="11" fill="#e6b78f" />
      <path d="M301 247c-3-14 6-17 11-17s15 3 11 16c-5-6-15-8-22 1z" fill="#c9953f" />
      <path d="M336 236C350 180 336 140 322 96" stroke="#fdf6e6" strokeWidth="1.6" fill="none" />
      <path d="M322 96l-26-20 8-36 34 18z" fill="#f2b032" />
      <path d="M322 96l16-38-34-18z" fill="#d8572f" />
      <path d="M322 96c8 10-4 14 2 24s-6 12 0 22" stroke="#d8572f" strokeWidth="2.4" fill="none" />
      <path d="M360 300c0-12 26-12 26 0l-3 18h-20z" fill="#f2b032" />
      <path d="M361 300c2-16 22-16 24 0" stroke="#b8433a" strokeWidth="3" fill="none" />
    </g>
  );
}

/** Seventy years in a drawer. */
function Damage() {
  return (
    <g fill="none" stroke="#fff" strokeLinecap="round">
      <path d="M118-5c6 60-8 120 4 190s-6 120 2 180" strokeWidth="2.2" opacity="0.9" />
      <path d="M262-5c-4 90 10 200-3 370" strokeWidth="1" opacity="0.7" />
      <path d="M-5 128c120 6 210-8 490 10" strokeWidth="3.4" opacity="0.6" />
      <path d="M-5 131c120 6 210-8 490 10" strokeWidth="1" stroke="#2a2018" opacity="0.5" />
      <path d="M30 40l20 26M190 300l30 14M214 150l-16 22M92 330l26-8M286 250l18 8" strokeWidth="1.6" opacity="0.9" />
      <g fill="#fff" stroke="none" opacity="0.9">
        <circle cx="180" cy="90" r="3" />
        <circle cx="206" cy="212" r="2.4" />
        <circle cx="66" cy="150" r="2" />
        <circle cx="300" cy="180" r="2.6" />
        <circle cx="150" cy="310" r="3.4" />
        <path d="M0 0h44L22 12 8 34 0 48z" />
      </g>
      <g fill="#4b3827" stroke="none" opacity="0.45">
        <circle cx="246" cy="286" r="9" />
        <circle cx="258" cy="298" r="5" />
        <circle cx="40" cy="310" r="12" />
      </g>
    </g>
  );
}
