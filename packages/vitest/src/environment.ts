interface Host {
  readonly process?: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    cwd?(): string;
  };
}

const { process: host } = globalThis as unknown as Host;

/** What an environment variable says; undefined where it is absent or empty. */
export function environment(name: string): string | undefined {
  const value = host?.env?.[name];
  return value === undefined || value === "" ? undefined : value;
}
