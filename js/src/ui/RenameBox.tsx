/** The box in which a name is typed: Enter takes it, Escape leaves it as it was, going elsewhere takes it too. */
import { useEffect, useRef, useState } from "react";

interface Props {
  value: string;
  label: string;
  className: string;
  /** Called once: with what was typed, or with null if nothing is to change. `keys`: the keyboard ended it. */
  onDone(text: string | null, keys: boolean): void;
}

export function RenameBox({ value, label, className, onDone }: Props) {
  const [text, setText] = useState(value);
  const box = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  useEffect(() => {
    box.current?.focus({ preventScroll: true });
    box.current?.select();
  }, []);
  const done = (result: string | null, keys: boolean) => {
    if (over.current) return;
    over.current = true;
    onDone(result, keys);
  };
  return (
    <input
      ref={box}
      className={className}
      aria-label={label}
      spellCheck={false}
      autoComplete="off"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => done(text.trim(), false)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.shiftKey) done(text.trim(), true);
        else if (event.key === "Escape") done(null, true);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
