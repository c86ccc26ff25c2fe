import { type Corners, straightenedSize, straightenMatrix } from "./geometry";

interface StraightenedProps {
  url: string;
  corners: Corners;
  picture: { width: number; height: number };
  widthMax: number;
  heightMax: number;
}

/** What the photo will look like once it is cut out and straightened. */
export function Straightened({ url, corners, picture, widthMax, heightMax }: StraightenedProps) {
  const size = straightenedSize(corners, picture);
  const fit = Math.min(widthMax / size.width, heightMax / size.height);
  const box = { width: size.width * fit, height: size.height * fit };
  // The picture is laid out small first: huge elements under a transform are slow on phones.
  const laidOut = { width: 400, height: (400 * picture.height) / picture.width };
  return (
    <div className="print w-fit" aria-hidden>
      <div className="relative overflow-hidden" style={box}>
        <img
          src={url}
          alt=""
          className="absolute top-0 left-0 max-w-none"
          style={{ ...laidOut, transformOrigin: "0 0", transform: straightenMatrix(corners, laidOut, box) }}
        />
      </div>
    </div>
  );
}
