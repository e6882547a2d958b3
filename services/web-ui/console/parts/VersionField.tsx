import "./VersionField.css"

/** Chooses one of the versions that there are. */
export const VersionField = ({ label, most, set, value }: {
  readonly label: string
  readonly value: number
  readonly most: number
  readonly set: (version: number) => void
}) => (
  <label className="row">
    {label}
    <input
      type="number"
      className="version-field"
      min={0}
      max={most}
      value={value}
      onChange={(event) => {
        const version = event.target.valueAsNumber
        if (Number.isInteger(version) && version >= 0 && version <= most) set(version)
      }}
    />
  </label>
)
