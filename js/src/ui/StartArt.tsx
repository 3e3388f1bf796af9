/** A small lake for each start: made, changed from day to dusk, repainted in a part. Drawn here, so that no picture has to be loaded. */
import { useId } from "react";

interface Tones {
  sky: [string, string];
  sun: string;
  ridges: [string, string, string];
  water: [string, string];
  sail: string;
  hull: string;
}

const DUSK: Tones = {
  sky: ["#332458", "#c96a86"],
  sun: "#f8d79a",
  ridges: ["#8d629c", "#6a4a8c", "#443068"],
  water: ["#a06a92", "#2c2050"],
  sail: "#f8d79a",
  hull: "#1d1536",
};
const DAY: Tones = {
  sky: ["#4f97cf", "#cfe6f2"],
  sun: "#fffbe8",
  ridges: ["#a8cbd9", "#6fa5b8", "#37728c"],
  water: ["#9cc9dc", "#2f6c8c"],
  sail: "#ffffff",
  hull: "#c0392b",
};
const GOLD: Tones = {
  sky: ["#a8642c", "#f0c47c"],
  sun: "#fff2cf",
  ridges: ["#d19a5c", "#a86a3a", "#6a3f22"],
  water: ["#dfa860", "#6a4420"],
  sail: "#fff2d8",
  hull: "#7a2f1c",
};
const ROSE: Tones = {
  sky: ["#e79bb4", "#f5d3cf"],
  sun: "#fdf3e4",
  ridges: ["#d9a3bb", "#b57ea3", "#83588a"],
  water: ["#cf9cb8", "#6f4a80"],
  sail: "#fbf6ef",
  hull: "#b8433c",
};

export function StartArt({ art }: { art: "made" | "changed" | "repainted" }) {
  return (
    <svg className="vnb-start-art" viewBox="0 0 208 112" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      {art === "made" && <Lake tones={DUSK} suns={[66]} boats={[128]} />}
      {art === "changed" && (
        <>
          <Lake tones={DAY} suns={[30]} boats={[52]} />
          <svg x={104} width={104} height={112} viewBox="104 0 104 112" aria-hidden="true">
            <Lake tones={GOLD} suns={[142]} boats={[156]} />
          </svg>
        </>
      )}
      {art === "repainted" && (
        <>
          <Lake tones={ROSE} suns={[148]} boats={[58]} />
          <rect x={116} y={26} width={66} height={52} rx={24} fill="#fff" fillOpacity={0.4} stroke="#fff" strokeDasharray="4 3" />
        </>
      )}
    </svg>
  );
}

interface LakeProps {
  tones: Tones;
  /** Where suns and boats are, from the left. */
  suns: number[];
  boats: number[];
}

function Lake({ tones: { sky, sun, ridges, water, sail, hull }, suns, boats }: LakeProps) {
  const id = useId();
  return (
    <>
      <linearGradient id={`${id}s`} x1="0" y1="0" x2="0" y2="1">
        <stop stopColor={sky[0]} />
        <stop offset="1" stopColor={sky[1]} />
      </linearGradient>
      <linearGradient id={`${id}w`} x1="0" y1="0" x2="0" y2="1">
        <stop stopColor={water[0]} />
        <stop offset="1" stopColor={water[1]} />
      </linearGradient>
      <rect width={208} height={62} fill={`url(#${id}s)`} />
      {suns.map((x) => (
        <circle key={x} cx={x} cy={20} r={9} fill={sun} />
      ))}
      <path fill={ridges[0]} d="M0 34 22 26 40 36 66 22 92 38 118 27 146 39 172 24 208 37V62H0z" />
      <path fill={ridges[1]} d="M0 46 28 37 52 47 84 36 110 49 140 38 170 50 208 40V62H0z" />
      <path fill={ridges[2]} d="M0 56 36 48 72 57 108 50 150 58 208 51V63H0z" />
      <rect y={62} width={208} height={50} fill={`url(#${id}w)`} />
      {boats.map((x) => (
        <g key={x}>
          <path fill={sail} d={`M${x} 56v26h13zM${x - 2} 62v20h-9z`} />
          <path fill={hull} d={`M${x - 14} 84h31l-6 6h-20z`} />
          <path fill={sail} fillOpacity={0.25} d={`M${x - 8} 92h18l-4 12h-9z`} />
        </g>
      ))}
    </>
  );
}
