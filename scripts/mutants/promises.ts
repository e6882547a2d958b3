/** What the suite promises above all: where it is kept, and by which tests. */
export interface Promised {
  readonly name: string
  /** Globs, from the top of the repository. */
  readonly files: ReadonlyArray<string>
  readonly tests: ReadonlyArray<string>
  /** Tests by a part of their names that are left out: they take long, and others state the same. */
  readonly without?: RegExp
}

/**
 * Of what is mutated, in percent, the tests kill so much at least; survivors that change nothing are explained, and not
 * counted.
 */
export const leastScore = 90

export const promises: ReadonlyArray<Promised> = [
  {
    name: "queue",
    files: ["layers/queue/lua/*.lua"],
    tests: ["test/layers/queue/QueueRedis.test.ts"],
    without: /that somebody invents|whoever floods it|is killed|is away|to one consumer only|of ever new messages/
  },
  {
    name: "chain",
    files: ["src/logic/auditChain.ts", "src/logic/canonicalJson.ts"],
    tests: ["test/src/logic/auditChain.test.ts"]
  },
  {
    name: "audit",
    files: [
      "layers/audit/{AuditChain,ConfigAudit}Postgres.ts",
      "layers/audit/{AuditLayer,Checkpoints,CheckpointSignerVault}.ts"
    ],
    tests: [
      "test/layers/audit/AuditChainPostgres.test.ts",
      "test/layers/audit/AuditLayer.test.ts",
      "test/layers/audit/CheckpointSignerVault.test.ts"
    ]
  },
  {
    name: "links",
    files: ["layers/postgres/migrations/{0008_audit_links,0009_linked_changes,0011_linked_rotations}.ts"],
    tests: [
      "test/layers/postgres/InsiderNewest.test.ts",
      "test/layers/postgres/UpgradeNewest.test.ts",
      "test/layers/audit/AuditChainPostgres.test.ts",
      "test/services/web-ui/rotation/RotationJournal.test.ts"
    ]
  },
  {
    name: "record",
    files: ["layers/audit/{EventAuditPostgres,EventLookupPostgres,eventAuditFailed}.ts"],
    tests: ["test/layers/audit/EventAuditPostgres.test.ts"]
  },
  {
    name: "retention",
    files: [
      "layers/postgres/{retention,partitions}.ts",
      "services/web-ui/retention/RetentionLayer.ts",
      "layers/postgres/migrations/{0010_retention_floor,0012_bounded_partitions}.ts"
    ],
    tests: [
      "test/services/web-ui/retention/RetentionLayer.test.ts",
      "test/layers/postgres/RetentionNewest.test.ts",
      "test/layers/postgres/RightsNewest.test.ts"
    ]
  },
  {
    name: "secrets",
    files: ["layers/secret/{credentialFallback,credentials,validateSecrets}.ts"],
    tests: [
      "test/layers/secret/Secrets.test.ts",
      "test/layers/secret/SecretStore.test.ts",
      "test/layers/secret/worstSecrets.test.ts"
    ]
  },
  {
    name: "rotation",
    files: ["src/logic/rotationPlan.ts", "src/logic/rotationBlockers.ts"],
    tests: [
      "test/src/logic/rotationPlan.test.ts",
      "test/src/logic/rotationBlockers.test.ts",
      "test/services/web-ui/rotation/RotationController.test.ts"
    ]
  },
  {
    name: "budget",
    files: ["src/decode/Budget.ts"],
    tests: ["test/src/decode/budget.test.ts"]
  }
]
