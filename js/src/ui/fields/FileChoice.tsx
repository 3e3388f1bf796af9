/** A file in a list: what it looks like, its name with the folder before it, its size. Asked of the kernel once it is in sight. */
import { useEffect, useRef } from "react";
import { bytes } from "../../core/numbers";
import { marked } from "../../core/search";
import { useSession, useWorkbench } from "../context";

interface Props {
  folder: string;
  name: string;
  query: string;
}

export function FileChoice({ folder, name, query }: Props) {
  const { session } = useWorkbench();
  const fact = useSession("files", (s) => s.files.get(folder, name));
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some((each) => each.isIntersecting)) session.files.want(folder, [name]);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [session, folder, name]);
  const slash = name.lastIndexOf("/") + 1;
  return (
    <>
      {folder === "input" && (
        <span className="vnb-file-picture">{fact?.url && <img src={fact.url} alt="" draggable={false} />}</span>
      )}
      <span ref={place} className="vnb-clip vnb-file-name" title={name}>
        {slash > 0 && (
          <span className="vnb-quiet">
            <Marked text={name.slice(0, slash)} query={query} />
          </span>
        )}
        <Marked text={name.slice(slash)} query={query} />
      </span>
      <span className="vnb-file-size">{fact ? bytes(fact.size) : ""}</span>
    </>
  );
}

export function Marked({ text, query }: { text: string; query: string }) {
  return (
    <span className="vnb-clip">
      {marked(text, query).map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
        <span key={i} className={part.hit ? "vnb-hit" : undefined}>
          {part.text}
        </span>
      ))}
    </span>
  );
}
