/** Every key and every gesture, by what it is for. */
import { spelled } from "./commands/combos";
import { GROUPS } from "./commands/command";
import { COMMANDS } from "./commands/registry";
import { GESTURES } from "./gestures";
import { SheetBox } from "./SheetBox";

export function KeySheet() {
  return (
    <SheetBox name="Keys" wide>
      <div className="vnb-keys">
        {GROUPS.map((group) => (
          <section key={group} className="vnb-keys-group">
            <h3>{group}</h3>
            <dl>
              {COMMANDS.filter((command) => command.group === group && command.keys).map((command) => (
                <Row key={command.id} keys={(command.keys ?? []).map((combo) => spelled(combo))} does={command.name} />
              ))}
              {GESTURES.filter(([own]) => own === group).map(([, how, does]) => (
                <Row key={how.join()} keys={how.map((text) => spelled(text))} does={does} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </SheetBox>
  );
}

function Row({ keys, does }: { keys: readonly string[]; does: string }) {
  return (
    <div className="vnb-keys-row">
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  );
}
