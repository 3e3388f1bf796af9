/** Never an empty cell: when drawing fails, the cell says so, gives the document to copy, and offers to begin again. */
import { Component, type ReactNode, useCallback, useRef, useState } from "react";
import { useTheme } from "./theme";

interface Props {
  /** The document as JSON text, read when something has failed. */
  document(): string;
  onReload(): void;
  children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown): void {
    console.error("virgil_nb: the editor failed to draw", error);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Failure error={error} text={safely(this.props.document)} onReload={this.props.onReload} />;
  }
}

function safely(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

function Failure({ error, text, onReload }: { error: Error; text: string; onReload(): void }) {
  const [copied, setCopied] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const theme = useTheme(useCallback(() => box.current, []));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <div ref={box} className="vnb-editor vnb-failure" role="alert" data-vnb-theme={theme} data-vnb-failure="">
      <h2 className="vnb-empty-title">The editor stopped drawing</h2>
      <p className="vnb-empty-text">Your workflow is safe in the kernel. This is what went wrong:</p>
      <pre className="vnb-trace">{error.stack || error.message}</pre>
      <div className="vnb-card-buttons">
        <button type="button" className="vnb-button vnb-primary" data-vnb-action="reload" onClick={onReload}>
          Reload editor
        </button>
        <button type="button" className="vnb-button" onClick={() => void copy()}>
          {copied ? "Copied" : "Copy the document"}
        </button>
      </div>
      <details>
        <summary>The document</summary>
        <textarea className="vnb-failure-json" readOnly rows={10} value={text} aria-label="The document as JSON" />
      </details>
    </div>
  );
}
