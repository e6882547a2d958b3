import type { Blocker } from "../../../../../src/domain/Rotation.ts"
import { adviceOf } from "./track.ts"
import "./Blocks.css"

/** What keeps a step from being done, and what to do about it. */
export const Blocks = ({ blocks }: { readonly blocks: ReadonlyArray<Blocker> }) => (
  <ul className="blocks">
    {blocks.map((block) => (
      <li key={block.code + block.who + block.detail}>
        <p>
          ▲ {block.who !== "" && <strong>{block.who}:</strong>} {block.detail}
        </p>
        <p className="quiet-text">{adviceOf(block)}</p>
      </li>
    ))}
  </ul>
)
